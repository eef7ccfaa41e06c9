using KadaluFsd.Contract;

namespace KadaluFsd.Pools.Exports;

/// <summary>Brings a running NFS-Ganesha into line with the fragments: over D-Bus where it is on it, by SIGHUP otherwise.</summary>
/// <param name="places">Where it keeps things.</param>
internal sealed class GaneshaServer(ExportPlaces places)
{
    private readonly FileServer _process = new(places);

    /// <summary>Finds an Export_Id that neither files nor the running server have.</summary>
    /// <param name="taken">Those of files.</param>
    /// <exception cref="CommandException">The server does not answer, or all are taken.</exception>
    internal static async Task<int> ChooseNumberAsync(IReadOnlySet<int> taken)
    {
        using GaneshaBus? bus = await GaneshaBus.FindAsync();
        for (int number = NfsExport.FirstNumber; number <= NfsExport.LastNumber; number++)
        {
            if (!taken.Contains(number) && (bus is null || await bus.FindAsync(number) is null))
            {
                return number;
            }
        }

        throw new CommandException(ExitCode.PoolRefused, "NFS-Ganesha has no Export_Id left");
    }

    /// <summary>Has it export what a fragment says.</summary>
    /// <param name="export">The export.</param>
    /// <param name="before">The pool's export before; null for none.</param>
    /// <param name="isChanged">Whether the fragment is another one than before.</param>
    /// <returns>What was done, as a sentence.</returns>
    /// <exception cref="CommandException">It refuses, or does not answer.</exception>
    internal async Task<string> PutAsync(NfsExport export, NfsExport? before, bool isChanged)
    {
        string what = $"{export.Pool} as {export.Pseudo} (Export_Id {export.Number})";
        using GaneshaBus? bus = await GaneshaBus.FindAsync();
        if (bus is null)
        {
            return _process.Reload()
                ? $"NFS-Ganesha was told (SIGHUP) to read its configuration again; its log says whether it exports {what}"
                : $"NFS-Ganesha does not run on this node; it exports {what} when it is started";
        }

        if (!isChanged && await bus.FindAsync(export.Number) == export.Pseudo)
        {
            return $"NFS-Ganesha exports {what} already";
        }

        // UpdateExport leaves the FSAL's block alone.
        await RemoveAsync(bus, before ?? export);

        await bus.AddAsync(places.FragmentOf(export.Pool), export.Number);
        return $"NFS-Ganesha exports {what}";
    }

    /// <summary>Has it forget an export whose fragment is gone.</summary>
    /// <param name="export">What was exported.</param>
    /// <returns>What was done, as a sentence.</returns>
    /// <exception cref="CommandException">It refuses, or does not answer.</exception>
    internal async Task<string> RemoveAsync(NfsExport export)
    {
        string what = $"{export.Pool} as {export.Pseudo}";
        using GaneshaBus? bus = await GaneshaBus.FindAsync();
        if (bus is null)
        {
            return _process.Reload()
                ? $"NFS-Ganesha was told (SIGHUP) to read its configuration again, which does not export {what} any more"
                : $"NFS-Ganesha does not run on this node, and does not export {what} any more";
        }

        await RemoveAsync(bus, export);
        return $"NFS-Ganesha does not export {what} any more";
    }

    // One that somebody else has added under this number stays.
    private static async Task RemoveAsync(GaneshaBus bus, NfsExport export)
    {
        if (await bus.FindAsync(export.Number) == export.Pseudo)
        {
            await bus.RemoveAsync(export.Number);
        }
    }
}
