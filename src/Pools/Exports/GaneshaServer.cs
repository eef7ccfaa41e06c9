using KadaluFsd.Contract;

namespace KadaluFsd.Pools.Exports;

/// <summary>
/// Brings a running NFS-Ganesha into line with the fragments: over D-Bus where it is on it, by SIGHUP otherwise. What it exports of a
/// pool, whichever command has made it, is known by the tags of exports.
/// </summary>
/// <param name="places">Where it keeps things.</param>
internal sealed class GaneshaServer(ExportPlaces places)
{
    private readonly FileServer _process = new(places);

    /// <summary>The Export_Ids that a running server has.</summary>
    /// <returns>None where none is on D-Bus.</returns>
    /// <exception cref="CommandException">It does not answer.</exception>
    internal static async Task<IReadOnlySet<int>> ListNumbersAsync()
    {
        using GaneshaBus? bus = await GaneshaBus.FindAsync();
        return bus is null ? new HashSet<int>() : (await bus.ListAsync()).Select(export => export.Number).ToHashSet();
    }

    /// <summary>Has it export what a fragment says, and nothing else of the pool.</summary>
    /// <param name="before">What the fragment said; null where there was none.</param>
    /// <returns>What was done, as a sentence.</returns>
    /// <exception cref="CommandException">It refuses, does not answer, or cannot do so while it runs.</exception>
    internal async Task<string> PutAsync(NfsExport export, NfsExport? before)
    {
        string what = $"{export.Pool} as {export.Pseudo} (Export_Id {export.Number}, {export.Terms})";
        using GaneshaBus? bus = await GaneshaBus.FindAsync();
        if (bus is null)
        {
            // It would end the export instead.
            if (before is not null && before.Tag != export.Tag && _process.IsRunning)
            {
                throw new CommandException(
                    ExitCode.PoolRefused,
                    "NFS-Ganesha is not on D-Bus, and changes only --access, --clients and --squash of an export that it has: " +
                    $"end the export first (kadalu pool unexport nfs {export.Pool}), or stop NFS-Ganesha");
            }

            return _process.Reload()
                ? $"NFS-Ganesha was told (SIGHUP) to read its configuration again; its log says whether it exports {what}"
                : $"NFS-Ganesha does not run on this node ({places.PidFile}); it exports {what} when it is started";
        }

        LiveExport[] all = await bus.ListAsync();
        LiveExport[] ours = [.. all.Where(live => NfsExport.IsTagOf(export.Pool, live.Tag))];
        if (ours is [{ } only] && only.Tag == export.Tag)
        {
            await bus.UpdateAsync(places.FragmentOf(export.Pool), export.Number);
            return $"NFS-Ganesha exports {what}";
        }

        if (all.Except(ours).FirstOrDefault(live => live.Number == export.Number || live.Pseudo == export.Pseudo) is { } other)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"NFS-Ganesha has an export {other.Pseudo} with Export_Id {other.Number} already: --pseudo or --export-id");
        }

        await RemoveAsync(bus, ours);
        await bus.AddAsync(places.FragmentOf(export.Pool), export.Number);
        return $"NFS-Ganesha exports {what}";
    }

    /// <summary>Whether a running server, on D-Bus, has an export of a pool by this program.</summary>
    /// <exception cref="CommandException">It does not answer.</exception>
    internal static async Task<bool> HasAsync(string pool)
    {
        using GaneshaBus? bus = await GaneshaBus.FindAsync();
        return bus is not null && (await bus.ListAsync()).Any(live => NfsExport.IsTagOf(pool, live.Tag));
    }

    /// <summary>Has it forget what it exports of a pool; the fragment is gone.</summary>
    /// <returns>What was done, as a sentence.</returns>
    /// <exception cref="CommandException">It refuses, or does not answer.</exception>
    internal async Task<string> RemoveAsync(string pool)
    {
        using GaneshaBus? bus = await GaneshaBus.FindAsync();
        if (bus is null)
        {
            return _process.Reload()
                ? $"NFS-Ganesha was told (SIGHUP) to read its configuration again, which does not export {pool} any more"
                : $"NFS-Ganesha does not run on this node, and does not export {pool} any more";
        }

        await RemoveAsync(bus, (await bus.ListAsync()).Where(live => NfsExport.IsTagOf(pool, live.Tag)));
        return $"NFS-Ganesha does not export {pool} any more";
    }

    private static async Task RemoveAsync(GaneshaBus bus, IEnumerable<LiveExport> exports)
    {
        foreach (LiveExport live in exports)
        {
            await bus.RemoveAsync(live.Number);
        }
    }
}
