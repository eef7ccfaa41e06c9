using KadaluFsd.Contract;
using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>How a pool is to be exported by NFS; what is null stays as it is, or is the default.</summary>
public sealed record NfsTerms
{
    /// <summary>The volfile server for the FSAL, on port 24007.</summary>
    public string? Server { get; init; }

    /// <summary>Whether the FSAL asks the pool's own servers and port, as the one of nfs-ganesha-kadalu can.</summary>
    public bool HasPoolServers { get; init; }

    /// <summary>The path that NFS clients mount; the pool's name by default.</summary>
    public string? Pseudo { get; init; }

    /// <summary>The directory of the pool; all of it by default.</summary>
    public string? Directory { get; init; }

    /// <summary>Which clients may mount it; all by default.</summary>
    public string? Clients { get; init; }

    /// <summary>Export_Id; one that is free by default.</summary>
    public int? Number { get; init; }

    /// <summary>Whether they may not write.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether root on a client is root in the pool.</summary>
    public bool IsRootTrusted { get; init; }
}

/// <summary>Pools as file servers of this node give them on: NFS-Ganesha's exports, Samba's shares.</summary>
/// <param name="say">Gets what was done, a line each.</param>
public sealed class PoolExports(PoolPaths paths, Action<string> say)
{
    /// <summary>Where a gateway listens, on NFS-Ganesha's own machine.</summary>
    public const string Gateway = "127.0.0.1";

    private readonly NfsExports _nfs = new(paths.Ganesha);
    private readonly GaneshaServer _ganesha = new(paths.Ganesha);
    private readonly SambaShares _samba = new(paths.Samba);

    /// <summary>Exports a pool by NFS, or changes how it is exported.</summary>
    /// <param name="all">The lock of all pools, given back when the export's number and path are known to others.</param>
    /// <exception cref="CommandException">It cannot be exported so; what was exported before is as it was.</exception>
    internal async Task ExportNfsAsync(Pool pool, NfsTerms terms, IDisposable all)
    {
        NfsExport? before = _nfs.Find(pool.Name);
        string servers = terms.HasPoolServers ? new ClientLines(pool).ServerList : terms.Server ?? Gateway;
        var export = new NfsExport(
            terms.Number ?? before?.Number ?? await GaneshaServer.ChooseNumberAsync(_nfs.Numbers), pool.Name, pool.Id.ToString(),
            servers, terms.Pseudo ?? $"/{pool.Name}")
        {
            Directory = terms.Directory ?? "/",
            Clients = terms.Clients,
            IsReadOnly = terms.IsReadOnly,
            IsRootTrusted = terms.IsRootTrusted,
            HasPoolServers = terms.HasPoolServers,
        };
        export.Check();
        bool isChanged = _nfs.Put(export);
        all.Dispose();
        await TellAsync(export, before, isChanged);
        if (!_nfs.AreIncluded)
        {
            say($"warning: NFS-Ganesha forgets it at its next start: {paths.Ganesha.Configuration} needs the line " +
                _nfs.IncludeLine);
        }
    }

    /// <summary>Ends a pool's export by NFS.</summary>
    /// <exception cref="CommandException">There is none, or NFS-Ganesha does not let go of it.</exception>
    internal Task RemoveNfsAsync(string pool) => _nfs.Find(pool) is { } export ? WithdrawAsync(export)
        : throw new CommandException(ExitCode.PoolRefused, $"{pool} is not exported by NFS from here");

    /// <summary>Shares a pool by SMB, or changes how it is shared.</summary>
    /// <param name="name">The share's name; null for the pool's.</param>
    /// <param name="directory">The directory of the pool; null for all of it.</param>
    /// <exception cref="CommandException">It cannot be shared so.</exception>
    internal void ShareBySmb(Pool pool, string? name, string? directory, bool isReadOnly)
    {
        var share = new SambaShare(name ?? pool.Name, pool.Name, new ClientLines(pool).SambaServers)
        {
            Directory = directory ?? "/",
            IsReadOnly = isReadOnly,
        };
        share.Check();
        _ = _samba.Put(share);
        SayOfSamba($"{pool.Name} is shared by SMB as {share.Name}");
        if (!_samba.AreIncluded)
        {
            say($"warning: Samba does not know it yet: {paths.Samba.Configuration} needs the line {_samba.IncludeLine}");
        }
    }

    /// <summary>Ends a pool's share.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    internal void RemoveSmb(string pool)
    {
        if (_samba.Find(pool) is null)
        {
            throw new CommandException(ExitCode.PoolRefused, $"{pool} is not shared by SMB from here");
        }

        _samba.Remove(pool);
        SayOfSamba($"{pool} is not shared by SMB any more; clients that are connected stay so until they leave");
    }

    /// <summary>Brings exports and shares into line with a pool that has been created or changed. Warns where that fails.</summary>
    internal async Task RefreshAsync(Pool pool)
    {
        try
        {
            var lines = new ClientLines(pool);
            if (_nfs.Find(pool.Name) is { } export)
            {
                NfsExport now = export with
                {
                    Volume = pool.Id.ToString(),
                    Servers = export.HasPoolServers ? lines.ServerList : export.Servers,
                };
                await (now != export && _nfs.Put(now) ? TellAsync(now, export, isChanged: true) : Task.CompletedTask);
            }

            if (_samba.Find(pool.Name) is { } share && share.Servers != lines.SambaServers)
            {
                _ = _samba.Put(share with { Servers = lines.SambaServers });
                SayOfSamba($"{pool.Name} is shared by SMB as {share.Name} from other servers");
            }
        }
        catch (CommandException exception)
        {
            say($"warning: {exception.Message}");
        }
    }

    /// <summary>Ends exports and shares of a pool that is deleted.</summary>
    internal async Task RemoveAsync(string pool)
    {
        if (_nfs.Find(pool) is { } export)
        {
            try
            {
                await WithdrawAsync(export);
            }
            catch (CommandException exception)
            {
                // The pool is gone all the same.
                say($"warning: {exception.Message}");
            }
        }

        if (_samba.Find(pool) is not null)
        {
            RemoveSmb(pool);
        }
    }

    /// <summary>Rejects a change of the layers of clients while NFS-Ganesha is one of them.</summary>
    /// <param name="pool">The pool.</param>
    /// <exception cref="CommandException">An export of it is known.</exception>
    internal void RefuseOtherLayers(Pool pool)
    {
        if (_nfs.FindFiles(pool.Name, pool.Id.ToString()) is { Length: > 0 } files)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"a layer of {pool.Name}'s clients comes or goes, and NFS-Ganesha exports it ({string.Join(", ", files)}): " +
                "files that NFS clients have open would lose what is written to them. Say --yes when none has, or end the export before");
        }
    }

    // What is refused leaves the fragment, and the export, as they were.
    private async Task TellAsync(NfsExport export, NfsExport? before, bool isChanged)
    {
        try
        {
            say(await _ganesha.PutAsync(export, before, isChanged));
        }
        catch (CommandException exception)
        {
            await RestoreAsync(export, before);
            throw new CommandException(
                exception.Code,
                $"{exception.Message}\n  NFS-Ganesha's log has the reason; the volfile server is {export.Servers}");
        }
    }

    private async Task RestoreAsync(NfsExport export, NfsExport? before)
    {
        if (before is null)
        {
            _nfs.Remove(export.Pool);
            return;
        }

        _ = _nfs.Put(before);
        try
        {
            _ = await _ganesha.PutAsync(before, export, isChanged: true);
        }
        catch (CommandException exception)
        {
            say($"warning: {export.Pool} is not exported as it was before either: {exception.Message}");
        }
    }

    private async Task WithdrawAsync(NfsExport export)
    {
        _nfs.Remove(export.Pool);
        try
        {
            say(await _ganesha.RemoveAsync(export));
        }
        catch (CommandException exception)
        {
            throw new CommandException(
                exception.Code,
                $"{export.Pool} is not to be exported any more, but is still by the running NFS-Ganesha: {exception.Message}");
        }
    }

    private void SayOfSamba(string what) => say(
        _samba.Reload() ? $"{what}; smbd has been told" : $"{what}; smbd does not run on this node");
}
