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

        string[] differences = [.. FindDifferences(all).Select(difference => difference.What)];
        string[] unread =
        [
            .. unknown.Select(copy => $"the copy of {copy.Unit} is not known: {copy.Problem}"),
            .. all.Where(one => IsUnread(
                one.Member, one.Copy.File, pool.Groups[one.Member.Group].Kind == GroupKind.Disperse))
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

    /// <summary>What differs among copies of one file, as far as they are known.</summary>
    internal static CopyDifference[] FindDifferences((PoolMember Member, FileCopy Copy)[] all) =>
    [
        .. all.GroupBy(one => one.Member.Group).Where(group => group.Any(one => one.Copy.File is not null))
            .SelectMany(group => Compare([.. group])),
        .. FindTwice(all),
    ];

    private static IEnumerable<CopyDifference> Compare((PoolMember Member, FileCopy Copy)[] group)
    {
        foreach ((_, FileCopy missing) in group.Where(one => one.Copy is { Problem: null, File: null }))
        {
            yield return new CopyDifference($"{missing.Unit} has no copy", [missing.Unit], IsMissing: true);
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
            ("extended attributes", file => file.Attributes is { } attributes ? $"{attributes[..12]}…" : null, true),
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
                string text = $"{what}: " + string.Join(
                    "; ", values.Select(same => $"{same.Key} on {string.Join(", ", same)}"));
                yield return new CopyDifference(text, FindFew(values));
            }
        }
    }

    // Those that are like no majority.
    private static string[] FindFew(IGrouping<string, string>[] values)
    {
        int most = values.Max(same => same.Count());
        return [.. values.Where(same => same.Count() < most || values.Count(other => other.Count() == most) > 1)
            .SelectMany(same => same)];
    }

    // A file is in one group only, and a directory in all.
    private static IEnumerable<CopyDifference> FindTwice((PoolMember Member, FileCopy Copy)[] all)
    {
        int[] groups =
        [
            .. all.Where(one => one.Copy.File is { IsPointer: false, Kind: not "directory" }).Select(one => one.Member.Group + 1)
                .Distinct(),
        ];
        return groups.Length <= 1 ? [] : [new CopyDifference(
            $"it is in the groups {string.Join(" and ", groups)}, and clients see one of them",
            [.. all.Where(one => one.Copy.File is { IsPointer: false }).Select(one => one.Copy.Unit)])];
    }

    /// <summary>Whether a copy has contents that were not read.</summary>
    internal static bool IsUnread(PoolMember member, CopyFacts? file, bool isDisperse) =>
        file is { Kind: "file", IsPointer: false, Sha256: null } && member.Role == UnitRole.Data && !isDisperse;

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}

/// <summary>What differs among copies of a file.</summary>
/// <param name="What">It, for people.</param>
/// <param name="Units">The units whose copies are not like those of most; all of them where there are no most.</param>
/// <param name="IsMissing">Whether they have none.</param>
internal sealed record CopyDifference(string What, string[] Units, bool IsMissing = false);
