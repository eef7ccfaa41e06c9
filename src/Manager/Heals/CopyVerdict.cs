using System.Globalization;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Heals;

/// <summary>Compares the copies of one file.</summary>
internal static class CopyVerdict
{
    private const string Fragments =
        "each unit has another fragment of it: versions and sizes are compared, contents are not";

    /// <summary>Compares them.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="path">The path from its root.</param>
    /// <param name="copies">What is known of copies; a unit that is not among them is not known.</param>
    /// <exception cref="CommandException">No unit has such a file.</exception>
    internal static FileComparison Of(Pool pool, string path, IReadOnlyDictionary<string, FileCopy> copies)
    {
        (PoolMember Member, FileCopy Copy)[] all =
        [
            .. pool.Members.Select(member => (member, copies.GetValueOrDefault(member.Unit.Address) ??
                new FileCopy(member.Unit.Address, "not asked", null))),
        ];
        FileCopy[] unknown = [.. all.Where(one => one.Copy.Problem is not null).Select(one => one.Copy)];
        if (all.All(one => one.Copy.File is null) && unknown.Length == 0)
        {
            throw new CommandException(ExitCode.PoolRefused, $"no unit of {pool.Name} has {path}");
        }

        string[] differences =
        [
            .. all.GroupBy(one => one.Member.Group).Where(group => group.Any(one => one.Copy.File is not null))
                .SelectMany(group => Compare([.. group])),
            .. FindTwice(all),
        ];
        string[] unread =
        [
            .. unknown.Select(copy => $"the copy of {copy.Unit} is not known: {copy.Problem}"),
            .. all.Where(one => IsUnread(one.Member, one.Copy.File, pool))
                .Select(one => $"the contents of {one.Copy.Unit} are not compared: {one.Copy.File!.Note}"),
        ];
        bool isDispersed = pool.Groups[0].Kind == GroupKind.Disperse && all.Any(one => one.Copy.File?.Kind == "file");
        string verdict = differences.Length > 0 ? FileComparison.Different
            : unread.Length > 0 ? FileComparison.Unknown
            : all.Any(one => one.Copy.File?.Marks.Length > 0) ? FileComparison.Marked : FileComparison.Equal;
        return new FileComparison(
            path, [.. all.Select(one => one.Copy)], verdict,
            isDispersed ? [.. differences, .. unread, Fragments] : [.. differences, .. unread]);
    }

    private static IEnumerable<string> Compare((PoolMember Member, FileCopy Copy)[] group)
    {
        foreach ((_, FileCopy missing) in group.Where(one => one.Copy is { Problem: null, File: null }))
        {
            yield return $"{missing.Unit} has no copy";
        }

        (string Unit, bool IsArbiter, CopyFacts File)[] there =
        [
            .. group.Where(one => one.Copy.File is not null)
                .Select(one => (one.Copy.Unit, one.Member.Role == UnitRole.Arbiter, one.Copy.File!)),
        ];
        bool isFile = there.All(copy => copy.File.Kind == "file");
        bool hasClientTimes = isFile && there.All(copy => copy.File.IsClientTime);
        (string What, Func<CopyFacts, string?> Value, bool HasArbiter)[] parts =
        [
            ("kind", file => file.Kind, true),
            ("gfid", file => file.Gfid?.ToString() ?? "none", true),
            ("mode", file => file.Mode, true),
            ("owner", file => string.Create(CultureInfo.InvariantCulture, $"{file.User}:{file.Group}"), true),
            ("size", file => file.Kind == "directory" ? null : Text(file.Size), false),
            ("modification time", file => hasClientTimes ? file.Modified : null, true),
            ("contents", file => file.Sha256 is { } sha ? $"sha256 {sha[..12]}…" : null, false),
            ("version of contents", file => file.Fragment is { } fragment ? Text(fragment.DataVersion) : null, true),
            ("version of metadata", file => file.Fragment is { } fragment ? Text(fragment.MetadataVersion) : null, true),
            ("size of the whole file", file => file.Fragment?.FileSize is { } size ? Text(size) : null, true),
        ];
        foreach ((string what, Func<CopyFacts, string?> value, bool hasArbiter) in parts)
        {
            IGrouping<string, string>[] values =
            [
                .. there.Where(copy => hasArbiter || !copy.IsArbiter).Select(copy => (copy.Unit, Value: value(copy.File)))
                    .Where(copy => copy.Value is not null).GroupBy(copy => copy.Value!, copy => copy.Unit),
            ];
            if (values.Length > 1)
            {
                yield return $"{what}: " + string.Join(
                    "; ", values.Select(same => $"{same.Key} on {string.Join(", ", same)}"));
            }
        }
    }

    // A file is in one group only, and a directory in all.
    private static IEnumerable<string> FindTwice((PoolMember Member, FileCopy Copy)[] all)
    {
        int[] groups =
        [
            .. all.Where(one => one.Copy.File is { IsPointer: false, Kind: not "directory" }).Select(one => one.Member.Group + 1)
                .Distinct(),
        ];
        return groups.Length > 1 ? [$"it is in the groups {string.Join(" and ", groups)}, and clients see one of them"] : [];
    }

    private static bool IsUnread(PoolMember member, CopyFacts? file, Pool pool) =>
        file is { Kind: "file", IsPointer: false, Sha256: null } && member.Role == UnitRole.Data &&
        pool.Groups[member.Group].Kind != GroupKind.Disperse;

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
