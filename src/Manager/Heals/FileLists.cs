using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;

namespace KadaluFsd.Manager.Heals;

/// <summary>Completes lists of files that have to be healed by what other nodes know.</summary>
internal static class FileLists
{
    // Of more than a question has room for.
    private const int UnnamedMax = 50_000;

    /// <summary>Adds the indices of units that whoever has made the lists does not reach.</summary>
    /// <param name="lists">The lists.</param>
    /// <param name="asker">Who has made them.</param>
    /// <param name="indices">What units have noted, by their own nodes.</param>
    internal static UnitFiles[] Join(UnitFiles[] lists, string asker, IEnumerable<UnitFiles> indices)
    {
        Dictionary<string, UnitFiles> noted = indices.DistinctBy(list => list.Unit).ToDictionary(list => list.Unit);
        return [.. lists.Select(list => list.Problem is not null && noted.TryGetValue(list.Unit, out UnitFiles? own)
            ? own with { Problem = $"{asker} does not reach it: {list.Problem}; this is its own index, and may be old" }
            : list)];
    }

    /// <summary>The gfids of files whose paths are not known, as many as can be asked for at once.</summary>
    internal static Guid[] FindUnnamed(IEnumerable<UnitFiles> lists) =>
        [.. lists.SelectMany(list => list.Files).Select(file => GfidOf(file.Path)).OfType<Guid>().Distinct().Take(UnnamedMax)];

    /// <summary>Gives files their paths.</summary>
    /// <param name="lists">The lists.</param>
    /// <param name="paths">The paths, by gfid.</param>
    internal static UnitFiles[] Name(UnitFiles[] lists, IReadOnlyDictionary<Guid, string> paths) =>
        [.. lists.Select(list => list with
        {
            Files = [.. list.Files.Select(file => GfidOf(file.Path) is { } gfid && paths.TryGetValue(gfid, out string? path)
                ? file with { Path = path } : file)],
        })];

    // <gfid:GFID>
    private static Guid? GfidOf(string path) =>
        path.StartsWith(HealEntry.GfidMark, StringComparison.Ordinal) && path.EndsWith('>') &&
        Guid.TryParseExact(path[HealEntry.GfidMark.Length..^1], "D", out Guid gfid) ? gfid : null;
}
