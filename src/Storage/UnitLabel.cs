using System.Globalization;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Storage;

/// <summary>
/// Which unit of its pool a directory is; kept in <c>.glusterfs</c>, and not removed when the pool is deleted. The marks in other
/// units' files name the unit by its number and layers; in a disperse group the directory has the fragments of its place.
/// </summary>
/// <param name="VolumeId">The pool's id.</param>
/// <param name="Layers">The name of the pool's layers, and the numbers that were given when this was written.</param>
/// <param name="Unit">The unit's number.</param>
/// <param name="Group">Its group's number; -1 of a tie-breaker.</param>
/// <param name="Kind">The kind of its group.</param>
/// <param name="Redundancy">How many units of a disperse group may be lost.</param>
/// <param name="Place">Its place in the group, from 0.</param>
/// <param name="Count">How many units the group has.</param>
/// <param name="Groups">How many groups the pool has.</param>
public sealed record UnitLabel(
    Guid VolumeId, PoolLayers Layers, int Unit, int Group, GroupKind Kind, int Redundancy, int Place, int Count, int Groups)
{
    /// <summary>The file's name in <c>.glusterfs</c>.</summary>
    public const string FileName = "kadalu-place";

    /// <summary>The label of a unit of a pool whose units have numbers.</summary>
    public static UnitLabel Of(Pool pool, PoolMember member)
    {
        PoolLayers layers = pool.Layers ?? new PoolLayers(pool.Name, false, 0, 0);
        if (member.Role == UnitRole.TieBreaker)
        {
            return new UnitLabel(pool.Id, layers, member.Number, -1, GroupKind.Distribute, 0, 0, 1, pool.Groups.Length);
        }

        DistributeGroup group = pool.Groups[member.Group];
        return new UnitLabel(
            pool.Id, layers, member.Number, group.Number ?? member.Group, group.Kind, group.Redundancy,
            group.Units.IndexOf(member.Unit), group.Units.Length, pool.Groups.Length);
    }

    /// <summary>Reads a directory's label.</summary>
    /// <param name="volumeId">The pool that it must belong to.</param>
    /// <returns>The label; null where there is none, it cannot be read, or it is another pool's.</returns>
    public static UnitLabel? Read(string directory, Guid volumeId)
    {
        if (UnitLines.Read(PathIn(directory)) is not { } lines)
        {
            return null;
        }

        int? Number(string key) =>
            int.TryParse(lines.GetValueOrDefault(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out int number) ? number : null;
        return Guid.TryParse(lines.GetValueOrDefault("volume"), out Guid id) &&
            id == volumeId && lines.GetValueOrDefault("layers") is { } name &&
            Enum.TryParse(lines.GetValueOrDefault("kind"), out GroupKind kind) &&
            Number("next-unit") is { } nextUnit && Number("next-group") is { } nextGroup &&
            Number("unit") is { } unit && Number("group") is { } group && Number("redundancy") is { } redundancy &&
            Number("place") is { } place && Number("count") is { } count && Number("groups") is { } groups
            ? new UnitLabel(id, new PoolLayers(name, lines.GetValueOrDefault("distribute") == "yes", nextUnit, nextGroup), unit,
                group, kind, redundancy, place, count, groups) : null;
    }

    /// <summary>
    /// Writes it, unless it exists. A missing directory, such as one whose disk was just unmounted, is not created.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write it.</exception>
    public void Write(string directory)
    {
        if (Read(directory, VolumeId) != this)
        {
            AtomicFile.Put(PathIn(directory), UnitLines.Of(
                ("volume", VolumeId.ToString()), ("layers", Layers.Name), ("distribute", Layers.HasDistribute ? "yes" : "no"),
                ("next-unit", Text(Layers.NextUnit)),
                ("next-group", Text(Layers.NextGroup)), ("unit", Text(Unit)), ("group", Text(Group)), ("kind", Kind.ToString()),
                ("redundancy", Text(Redundancy)),
                ("place", Text(Place)), ("count", Text(Count)),
                ("groups", Text(Groups))), FileModes.Secret, makesDirectory: false);
        }
    }

    /// <summary>Why a directory with this label cannot take the place of another one.</summary>
    /// <param name="wanted">The label that it would get.</param>
    /// <param name="hasNumbers">Whether its numbers and layers were given, instead of being taken from the directory.</param>
    /// <returns>Why; null where it can.</returns>
    public string? FindDifference(UnitLabel wanted, bool hasNumbers) =>
        (Kind, Redundancy, Count, Group < 0) != (wanted.Kind, wanted.Redundancy, wanted.Count, wanted.Group < 0)
            ? $"was {Describe()}, and would be {wanted.Describe()}"
        : Groups != wanted.Groups ? $"was in a pool of {Groups} groups, and would be in one of {wanted.Groups}"
        : IsOrdered && Place != wanted.Place ? $"was {Describe()}, and would be {wanted.Describe()}"
        : hasNumbers && (Layers.Name, Unit, Group) != (wanted.Layers.Name, wanted.Unit, wanted.Group)
            ? $"has the number {Unit} in group {Group} of the layers of {Layers.Name}, and would have {wanted.Unit} in " +
                $"{wanted.Group} of {wanted.Layers.Name}"
        : null;

    // Mirrors know their units by number. An arbiter is the last of its group.
    private bool IsOrdered => Kind is GroupKind.Disperse || (Kind is GroupKind.Arbiter && Place == Count - 1);

    /// <summary>Removes a directory's label, where it has one.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public static void Remove(string directory)
    {
        if (File.Exists(PathIn(directory)))
        {
            File.Delete(PathIn(directory));
        }
    }

    private static string PathIn(string directory) => HiddenDirectory.PathIn(directory, FileName);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Describe() => Group < 0 ? "a tie-breaker"
        : Count == 1 ? "a unit without copies"
        : $"unit {Place + 1} of {Count} of {DescribeGroup()}";

    private string DescribeGroup() => Kind switch
    {
        GroupKind.Disperse => $"a disperse group with redundancy {Redundancy}",
        GroupKind.Arbiter => "an arbiter group",
        _ => "a mirror",
    };
}
