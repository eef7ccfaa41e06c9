using KadaluFsd.Contract;
using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Pools that NFS-Ganesha of this node exports.</summary>
/// <param name="say">Gets what was done, a line each.</param>
public sealed class PoolNfs(ExportPlaces places, Action<string> say)
{
    /// <summary>Where a gateway listens, on NFS-Ganesha's own machine.</summary>
    public const string Gateway = "127.0.0.1";

    private readonly NfsExports _files = new(places);
    private readonly GaneshaServer _server = new(places);

    /// <summary>The Export_Ids that a running NFS-Ganesha has.</summary>
    /// <exception cref="CommandException">It does not answer.</exception>
    internal static Task<IReadOnlySet<int>> ListNumbersAsync() => GaneshaServer.ListNumbersAsync();

    /// <summary>Finds how a pool is exported.</summary>
    /// <returns>Null where it is not, by this program.</returns>
    public NfsExport? Find(string pool) => _files.Find(pool);

    /// <summary>Exports a pool, or changes how it is exported.</summary>
    /// <param name="live">The Export_Ids that a running NFS-Ganesha has.</param>
    /// <param name="all">The lock of all pools, given back when the export's number and path are known to others.</param>
    /// <exception cref="CommandException">It cannot be exported so; what was exported before is as it was.</exception>
    internal async Task ExportAsync(Pool pool, NfsTerms terms, IReadOnlySet<int> live, IDisposable all)
    {
        NfsExport? before = _files.Find(pool.Name);
        NfsExport export = terms.For(pool, before, terms.Number ?? before?.Number ?? _files.ChooseNumber(live));
        export.Check();
        _files.Put(export);
        all.Dispose();
        await TellAsync(export, before);
        say($"clients mount it with: mount -t nfs {Environment.MachineName}:{export.Pseudo} DIR");
        if (!_files.AreIncluded)
        {
            say(
                $"warning: NFS-Ganesha does not export it at its next start: {places.Configuration} needs the line " +
                _files.IncludeLine);
        }
    }

    /// <summary>Ends a pool's export, also one that a killed command has left in a running NFS-Ganesha.</summary>
    /// <exception cref="CommandException">NFS-Ganesha does not let go of it.</exception>
    internal async Task RemoveAsync(string pool)
    {
        _files.Remove(pool);
        try
        {
            say(await _server.RemoveAsync(pool));
        }
        catch (CommandException exception)
        {
            throw new CommandException(
                exception.Code, $"{pool} is not to be exported any more, but NFS-Ganesha may still do so: {exception.Message}");
        }
    }

    /// <summary>Ends whatever there is of an export, in the fragment or in a running NFS-Ganesha only.</summary>
    /// <exception cref="CommandException">NFS-Ganesha does not let go of it.</exception>
    internal async Task ForgetAsync(string pool)
    {
        if (_files.Find(pool) is not null || await GaneshaServer.HasAsync(pool))
        {
            await RemoveAsync(pool);
        }
    }

    /// <summary>Brings the export into line with a pool that has been created or changed.</summary>
    /// <exception cref="CommandException">NFS-Ganesha refuses.</exception>
    internal async Task RefreshAsync(Pool pool)
    {
        if (_files.Find(pool.Name) is not { } before)
        {
            return;
        }

        if (before.Volume != pool.Id.ToString())
        {
            say($"warning: an export of an earlier pool {pool.Name} was left over");
            await RemoveAsync(pool.Name);
            return;
        }

        NfsExport now = before with
        {
            Servers = before.HasPoolServers ? new ClientLines(pool).ServerList : before.Servers,
        };
        if (now != before)
        {
            _files.Put(now);
            await TellAsync(now, before);
        }
    }

    /// <summary>
    /// Rejects a change of the layers of clients, or of the names by which they reach units, while NFS-Ganesha is one of them: it goes over to
    /// another graph.
    /// </summary>
    /// <param name="pool">The pool.</param>
    /// <param name="before">The volfile that its clients have.</param>
    /// <param name="after">The volfile that they are to have.</param>
    /// <exception cref="CommandException">Their graphs differ so, and an export of it is known.</exception>
    internal async Task RefuseOtherGraphAsync(Pool pool, string before, string after)
    {
        string? what = GraphLayers.Differ(before, after) ? $"a layer of {pool.Name}'s clients comes or goes"
            : GraphLayers.ConnectElsewhere(before, after) ? $"clients of {pool.Name} reach a node by another name" : null;
        if (what is null)
        {
            return;
        }

        string[] files = _files.FindFiles(pool.Name, pool.Id.ToString());
        if (files.Length > 0 || await GaneshaServer.HasAsync(pool.Name))
        {
            string where = files.Length > 0 ? $" ({string.Join(", ", files)})" : "";
            throw new CommandException(
                ExitCode.PoolRefused,
                $"{what}, and NFS-Ganesha exports it{where}: " +
                "files that NFS clients have open would lose what is written to them. Say --disturb-exports when none has, or " +
                "end the export before");
        }
    }

    /// <summary>Rejects a change of the address at which NFS-Ganesha asks a pool's units for the volfile.</summary>
    /// <param name="before">The pool as it is exported.</param>
    /// <param name="changed">The pool as it is to be.</param>
    /// <exception cref="CommandException">An export needs the address.</exception>
    internal void RefuseOtherAlias(Pool before, Pool changed)
    {
        string? alias = before.Options.GetValueOrDefault(PoolChecks.Alias);
        if (alias is not null && alias != changed.Options.GetValueOrDefault(PoolChecks.Alias) &&
            _files.Find(before.Name) is { HasPoolServers: false } export && export.Servers == alias)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"NFS-Ganesha fetches the volfile of {before.Name} at {alias}: it would hear of no change any more, and not " +
                "export the pool when it is started. Say --disturb-exports, and afterwards where it finds volfiles: kadalu " +
                $"pool export nfs {before.Name} --alias or --address");
        }
    }

    private static string HintOf(NfsExport export) =>
        export.HasPoolServers ? "; only the FSAL of nfs-ganesha-kadalu knows servers with ports" : "";

    // What is refused leaves the fragment, and the export, as they were.
    private async Task TellAsync(NfsExport export, NfsExport? before)
    {
        try
        {
            say(await _server.PutAsync(export, before));
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerUnreachable)
        {
            // It may do later what it was asked for. The fragment says what that is, so that the next command knows it.
            throw new CommandException(
                exception.Code,
                $"{exception.Message}; {export.Pool} is to be exported as {export.Pseudo} ({export.Terms}), and may come to " +
                "be: say how it is to be exported again when NFS-Ganesha answers");
        }
        catch (CommandException exception)
        {
            await RestoreAsync(export, before);
            throw new CommandException(
                exception.Code,
                exception.Code != ExitCode.PeerRefused ? exception.Message
                : $"{exception.Message} (its log has more; it asks {export.Servers} for the volfile, and the directory " +
                    $"{export.Directory} must be there{HintOf(export)})");
        }
    }

    private async Task RestoreAsync(NfsExport export, NfsExport? before)
    {
        if (before is null)
        {
            _files.Remove(export.Pool);
            return;
        }

        _files.Put(before);
        try
        {
            _ = await _server.PutAsync(before, before);
        }
        catch (CommandException exception)
        {
            say($"warning: {export.Pool} is not exported as it was before either: {exception.Message}");
        }
    }
}
