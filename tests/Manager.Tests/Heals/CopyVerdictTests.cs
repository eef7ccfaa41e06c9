using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Heals;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tests.Heals;

/// <summary>Whether copies of a file are equal.</summary>
public class CopyVerdictTests
{
    private const string Sum = "aaaaaaaaaaaaaaaa";

    private static readonly CopyFacts s_file =
        new("file", 5, "2026-11-30 12:00:00.000000000Z", true, "0644", 0, 0, Guid.Empty, Sum, null, false, [], null);

    [Fact]
    public void Copies_that_differ_in_nothing_are_equal()
    {
        FileComparison found = Compare(GroupKind.Mirror, s_file, s_file, s_file);
        Assert.Equal(FileComparison.Equal, found.Verdict);
        Assert.Empty(found.Findings);
    }

    [Fact]
    public void What_differs_is_said_with_the_units()
    {
        CopyFacts other = s_file with { Size = 6, Mode = "0600", Sha256 = "bbbbbbbbbbbbbbbb" };
        FileComparison found = Compare(GroupKind.Mirror, s_file, other, null);
        Assert.Equal(FileComparison.Different, found.Verdict);
        Assert.Equal(
            [
                "n3:/u has no copy", "mode: 0644 on n1:/u; 0600 on n2:/u", "size: 5 on n1:/u; 6 on n2:/u",
                "contents: sha256 aaaaaaaaaaaa… on n1:/u; sha256 bbbbbbbbbbbb… on n2:/u",
            ], found.Findings);
    }

    [Fact]
    public void Times_count_only_where_clients_have_set_them()
    {
        CopyFacts later = s_file with { Modified = "later" };
        Assert.Equal(FileComparison.Different, Compare(GroupKind.Mirror, s_file, later, s_file).Verdict);
        later = later with { IsClientTime = false };
        Assert.Equal(FileComparison.Equal, Compare(GroupKind.Mirror, s_file, later, s_file).Verdict);
    }

    [Fact]
    public void An_arbiter_has_no_contents_and_is_equal_all_the_same()
    {
        CopyFacts arbiter = s_file with { Size = 0, Sha256 = null, Note = "an arbiter's" };
        Assert.Equal(FileComparison.Equal, Compare(GroupKind.Arbiter, s_file, s_file, arbiter).Verdict);
        Assert.Equal(FileComparison.Different, Compare(GroupKind.Arbiter, s_file, s_file, arbiter with { User = 1 }).Verdict);
    }

    [Fact]
    public void Fragments_are_compared_by_their_versions()
    {
        CopyFacts fragment = s_file with { Sha256 = null, Note = "a fragment", Fragment = new FragmentFacts(3, 1, 10) };
        FileComparison found = Compare(GroupKind.Disperse, fragment, fragment, fragment);
        Assert.Equal(FileComparison.Equal, found.Verdict);
        Assert.Contains("contents are not", Assert.Single(found.Findings), StringComparison.Ordinal);
        found = Compare(GroupKind.Disperse, fragment, fragment with { Fragment = new FragmentFacts(2, 1, 10) }, fragment);
        Assert.Equal(FileComparison.Different, found.Verdict);
        Assert.Equal("version of contents: 3 on n1:/u, n3:/u; 2 on n2:/u", found.Findings[0]);
    }

    [Fact]
    public void What_is_not_known_is_not_equal()
    {
        FileComparison found = CopyVerdict.Of(PoolOf(GroupKind.Mirror), "/f", new Dictionary<string, FileCopy>
        {
            ["n1:/u"] = new("n1:/u", null, s_file),
            ["n2:/u"] = new("n2:/u", "no answer", null),
        });
        Assert.Equal(FileComparison.Unknown, found.Verdict);
        Assert.Equal(
            ["the copy of n2:/u is not known: no answer", "the copy of n3:/u is not known: not asked"], found.Findings);
        CopyFacts unread = s_file with { Sha256 = null, Note = "no checksum: larger than 7.5 GiB" };
        Assert.Equal(FileComparison.Unknown, Compare(GroupKind.Mirror, s_file, unread, s_file).Verdict);
    }

    [Fact]
    public void Marks_say_that_something_is_not_over()
    {
        CopyFacts marked = s_file with { Marks = [new CopyMark("n2:/u", 1, 0, 0)] };
        Assert.Equal(FileComparison.Marked, Compare(GroupKind.Mirror, marked, s_file, s_file).Verdict);
    }

    [Fact]
    public void What_no_unit_has_is_named() => Assert.Equal(
        "no unit of p has /f", Assert.Throws<CommandException>(() => Compare(GroupKind.Mirror, null, null, null)).Message);

    [Fact]
    public void A_file_of_one_group_of_several_is_compared_there()
    {
        Pool two = PoolOf(GroupKind.Mirror) with
        {
            Groups =
            [
                .. PoolOf(GroupKind.Mirror).Groups,
                new(GroupKind.Mirror, [new(new PoolNode("n4"), "/u"), new(new PoolNode("n5"), "/u")]),
            ],
        };
        Dictionary<string, FileCopy> copies = two.Members.ToDictionary(
            member => member.Unit.Address,
            member => new FileCopy(member.Unit.Address, null, member.Group == 0 ? s_file : null));
        Assert.Equal(FileComparison.Equal, CopyVerdict.Of(two, "/f", copies).Verdict);
        foreach (string unit in (string[])["n4:/u", "n5:/u"])
        {
            copies[unit] = new FileCopy(unit, null, s_file with { IsPointer = true, Sha256 = null, Size = 0 });
        }

        Assert.Equal(FileComparison.Equal, CopyVerdict.Of(two, "/f", copies).Verdict);
        copies["n4:/u"] = copies["n5:/u"] = new FileCopy("n5:/u", null, s_file);
        Assert.Contains(
            "in the groups 1 and 2", Assert.Single(CopyVerdict.Of(two, "/f", copies).Findings), StringComparison.Ordinal);
    }

    private static FileComparison Compare(GroupKind kind, params CopyFacts?[] facts) => CopyVerdict.Of(
        PoolOf(kind), "/f", facts.Select((file, number) => new FileCopy($"n{number + 1}:/u", null, file))
            .ToDictionary(copy => copy.Unit));

    private static Pool PoolOf(GroupKind kind) => new("p", Guid.NewGuid())
    {
        Groups =
        [
            new(kind, [.. Enumerable.Range(1, 3).Select(node => new PoolUnit(new PoolNode($"n{node}"), "/u"))])
            {
                Redundancy = kind == GroupKind.Disperse ? 1 : 0,
            },
        ],
    };
}
