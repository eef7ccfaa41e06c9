using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Heals;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tests.Heals;

/// <summary>What differences of copies mean.</summary>
public class FileLookTests
{
    private const string Sum = "aaaaaaaaaaaaaaaa";
    private const string OtherSum = "bbbbbbbbbbbbbbbb";

    private static readonly FileLook s_directory = Look("/d", (0, Sum), (0, Sum), (0, Sum));

    [Fact]
    public void The_copy_that_is_like_no_majority_is_named_and_all_are_where_there_is_none()
    {
        FileLook look = Look("/d/f", (5, Sum), (5, OtherSum), (5, Sum));
        Assert.Equal(ScrubFinding.Different, look.FindVerdict(look, [s_directory], isLast: false));
        ScrubFinding finding = Assert.Single(look.Describe(ScrubFinding.Different));
        Assert.Equal(("n2:/u", "/d/f"), (finding.Unit, finding.Path));
        Assert.Contains("contents: sha256", finding.What, StringComparison.Ordinal);
        Assert.Equal(
            ["n1:/u", "n2:/u"],
            Look("/d/f", (5, Sum), (6, Sum)).Describe(ScrubFinding.Different).Select(one => one.Unit));
        Assert.Equal(
            ["n3:/u has no copy"],
            Look("/d/f", (5, Sum), (5, Sum), null).Describe(ScrubFinding.Different).Select(one => one.What));
    }

    [Fact]
    public void What_changes_while_it_is_looked_at_is_looked_at_again()
    {
        FileLook before = Look("/d/f", (5, Sum), (6, OtherSum));
        FileLook now = Look("/d/f", (7, Sum), (6, OtherSum));
        Assert.Null(now.FindVerdict(before, [s_directory], isLast: false));
        Assert.Equal(ScrubFinding.Changes, now.FindVerdict(before, [s_directory], isLast: true));
        FileLook equal = Look("/d/f", (7, Sum), (7, Sum));
        Assert.Null(equal.FindVerdict(now, [s_directory], isLast: true));
        Assert.Empty(equal.Describe(ScrubFinding.Changes));
    }

    [Fact]
    public void What_a_mark_says_to_be_healed_is_no_damage()
    {
        var marked = FileLook.Of(
            Pool(), new FilePiece("/d/f", 0, 5),
            [Copy(0, File(5, Sum) with { Marks = [new CopyMark("n2:/u", 1, 0, 0)] }), Copy(1, File(5, OtherSum))]);
        Assert.Equal(ScrubFinding.Waits, marked.FindVerdict(marked, [s_directory], isLast: false));

        // A name that was missed is noted in its directory.
        FileLook missing = Look("/d/f", (5, Sum), null, (5, Sum));
        var directory = FileLook.Of(
            Pool(), missing.Parents.First(), [Copy(0, File(0, Sum) with { Marks = [new CopyMark("n2:/u", 0, 0, 1)] }), Copy(1, File(0, Sum))]);
        Assert.Equal(["/d", "/"], missing.Parents.Select(parent => parent.Path));
        Assert.Equal(["/"], Look("/f", (5, Sum)).Parents.Select(parent => parent.Path));
        Assert.Equal(ScrubFinding.Waits, missing.FindVerdict(missing, [directory], isLast: false));
        Assert.Equal(ScrubFinding.Different, missing.FindVerdict(missing, [s_directory], isLast: false));
        Assert.Equal(
            ScrubFinding.Different,
            Look("/d/f", (5, Sum), (6, Sum)).FindVerdict(Look("/d/f", (5, Sum), (6, Sum)), [directory], isLast: false));
    }

    [Fact]
    public void What_is_below_a_directory_that_is_to_be_made_waits_as_that_does()
    {
        FileLook missing = Look("/d/e/f", (5, Sum), null);
        FileLook nearest = Look("/d/e", (0, Sum), null);
        var marked = FileLook.Of(
            Pool(), new FilePiece("/d", 0, 0), [Copy(0, File(0, Sum) with { Marks = [new CopyMark("n2:/u", 0, 0, 1)] }), Copy(1, File(0, Sum))]);
        Assert.Equal(ScrubFinding.Waits, missing.FindVerdict(missing, [nearest, marked], isLast: false));

        // A directory that is there on all units has its own marks.
        FileLook there = Look("/d/e", (0, Sum), (0, Sum));
        Assert.Equal(ScrubFinding.Different, missing.FindVerdict(missing, [there, marked], isLast: false));
        Assert.Equal(ScrubFinding.Different, missing.FindVerdict(missing, [nearest, Look("/d", (0, Sum), (0, Sum))], isLast: false));
    }

    internal static FileLook Look(string path, params (long Size, string Sha256)?[] copies) => FileLook.Of(
        Pool(), new FilePiece(path, 0, 5),
        copies.Select((copy, place) => Copy(place, copy is { } there ? File(there.Size, there.Sha256) : null)));

    private static FileCopy Copy(int place, CopyFacts? file) => new($"n{place + 1}:/u", null, file);

    private static CopyFacts File(long size, string sum) => new(
        "file", size, "2026-11-30 12:00:00.000000000Z", true, "0644", 0, 0, Guid.Empty, sum.PadRight(16, 'x'), null, false, [], null);

    private static Pool Pool() => new("p", Guid.NewGuid())
    {
        Groups = [new DistributeGroup(
            GroupKind.Mirror, [.. Enumerable.Range(1, 3).Select(number => new PoolUnit(new PoolNode($"n{number}"), "/u"))])],
    };
}
