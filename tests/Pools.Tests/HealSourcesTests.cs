using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>Whether a unit could lose everything.</summary>
public sealed class HealSourcesTests
{
    [Fact]
    public void A_mirror_needs_all_other_units_and_a_good_copy_of_every_file()
    {
        Pool pool = Of(GroupKind.Mirror, 3);
        Assert.Null(Find(pool, 0, "", "", ""));
        Assert.Null(Find(pool, 0, null, "", ""));
        Assert.Contains("n2:/u is not connected", Find(pool, 0, "", null, ""), StringComparison.Ordinal);

        // What the lost one missed the others blame it for; what one of the others missed, the third one has.
        Assert.Null(Find(pool, 0, null, "/f", "/f"));
        Assert.Null(Find(pool, 0, null, "/f", ""));
        Assert.Contains(
            "/f has to be healed, and no other unit has a good copy", Find(pool, 0, "/f", "", ""),
            StringComparison.Ordinal);
        Assert.Contains("is in split-brain", Find(pool, 0, null, "!/f", "!/f"), StringComparison.Ordinal);

        // What is being healed is listed by the one that gets it as well, where clients go on changing it.
        Assert.Contains(
            "/f is being healed or changed, and no other unit has a good copy", Find(pool, 0, "~/f", "~/f", ""),
            StringComparison.Ordinal);
        Assert.Null(Find(pool, 0, "~/f", "/f", ""));
        Assert.Null(Find(pool, 0, null, "~/f", "~/f"));
    }

    [Fact]
    public void Who_has_lost_everything_as_well_need_not_be_there_as_long_as_somebody_has_files()
    {
        Pool pool = Of(GroupKind.Mirror, 3);
        Assert.Contains("--also-lost", Find(pool, 0, null, null, ""), StringComparison.Ordinal);
        Assert.Null(FindBeside(pool, 0, [1], null, null, ""));
        Assert.Contains("no other unit has a good copy", FindBeside(pool, 0, [1], "/f", null, ""), StringComparison.Ordinal);
        Assert.Contains(
            "no unit with files would be left", FindBeside(Of(GroupKind.Arbiter, 3), 0, [1], null, null, ""),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_arbiter_has_no_copy()
    {
        Pool pool = Of(GroupKind.Arbiter, 3);
        Assert.Null(Find(pool, 2, "", "", null));
        Assert.Null(Find(pool, 0, null, "/f", "/f"));
        Assert.Contains("no other unit has a good copy", Find(pool, 0, null, "", "/f"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disperse_group_needs_as_many_good_parts_as_data_units()
    {
        Pool pool = Of(GroupKind.Disperse, 4, redundancy: 2);
        Assert.Null(Find(pool, 0, null, "", "", ""));
        Assert.Null(Find(pool, 0, null, null, "/f", "/f"));
        Assert.Contains(
            "2 other units are needed to heal from, and 1 are there", Find(pool, 0, null, null, null, ""),
            StringComparison.Ordinal);

        Assert.Contains(
            "/f is being healed or changed, and 1 other units have a good part", Find(pool, 0, "~/f", "~/f", "/f", "~/f"),
            StringComparison.Ordinal);
        Assert.Null(Find(pool, 0, "~/f", "~/f", "/f", "/f"));
        Assert.Null(Find(pool, 0, null, "~/f", "~/f", "~/f"));

        // One that came back with nothing counts for nothing, whatever it lists.
        Assert.Null(Find(pool, 0, null, "/", "", ""));
        Assert.Null(Find(pool, 0, null, "", "/", "/"));
        Assert.Contains(
            "and 1 are there, beside 1 that have to be healed first", Find(pool, 0, null, null, "/", ""),
            StringComparison.Ordinal);
        Assert.Contains(
            "/f has to be healed, and 1 other units have a good part", Find(pool, 0, null, "/f", "", ""),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_second_copy_nothing_is_replaced() =>
        Assert.Contains("no second copy", Find(Of(GroupKind.Distribute, 1), 0, ""), StringComparison.Ordinal);

    private static Pool Of(GroupKind kind, int units, int redundancy = 0) => new("pool1", Guid.Empty)
    {
        Groups =
            [new DistributeGroup(
                kind,
                [
                    .. Enumerable.Range(1, units)
                    .Select(number => new PoolUnit(new PoolNode($"n{number}"), "/u", 1))]) { Redundancy = redundancy }],
    };

    // What each unit lists, null for one that is not connected, with "!" before what is in split-brain, "~" before what is
    // perhaps being healed.
    private static string? Find(Pool pool, int lost, params string?[] lists) => FindBeside(pool, lost, [], lists);

    private static string? FindBeside(Pool pool, int lost, int[] alsoLost, params string?[] lists) => HealSources.FindObjection(
        pool, pool.Members.ElementAt(lost), [.. lists.Select((list, number) => new HealList(
            $"n{number + 1}:/u", list is null ? "Transport endpoint is not connected" : "Connected",
            string.IsNullOrEmpty(list) ? [] : [
                new HealEntry(list.TrimStart('!', '~'), list.StartsWith('!'),
                    list.StartsWith('~'))]))], [.. alsoLost.Select(pool.Members.ElementAt)]);
}
