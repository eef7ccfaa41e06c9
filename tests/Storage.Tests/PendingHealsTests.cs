using KadaluFsd.Linux;

namespace KadaluFsd.Storage.Tests;

/// <summary>What waits for being healed, as features/index, kadalu/recent and features/thin-arbiter note it on the disk.</summary>
public sealed class PendingHealsTests : IDisposable
{
    private readonly DirectoryInfo _unit = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly PendingHeals _heals;

    public PendingHealsTests() => _heals = new PendingHeals(_unit.FullName, isTieBreaker: false);

    public void Dispose() => _unit.Delete(recursive: true);

    [Fact]
    public void Where_nothing_was_ever_noted_nothing_waits() =>
        Assert.Equal([("dirty", 0), ("interrupted", 0), ("xattrop", 0)], Counted());

    [Fact]
    public void Each_entry_beside_the_first_is_a_file_that_waits()
    {
        string first = AddBase("xattrop");
        Assert.Equal(0, Of("xattrop"));
        AddEntry(first);
        AddEntry(first);
        AddEntry(AddBase("dirty"));
        Assert.Equal([("dirty", 1), ("interrupted", 0), ("xattrop", 2)], Counted());
        Directory.GetFiles(IndexOf("xattrop")).Where(file => file != first).ToList().ForEach(File.Delete);
        Assert.Equal(0, Of("xattrop"));
    }

    [Fact]
    public void Entries_of_another_run_of_the_unit_count_once_the_known_ones_are_gone()
    {
        string first = AddBase("xattrop");
        string entry = AddEntry(first);
        Assert.Equal(1, Of("xattrop"));
        AddEntry(AddBase("xattrop"));

        // All of them are looked for again when those that are known tell of nothing.
        File.Delete(entry);
        Assert.Equal(1, Of("xattrop"));
    }

    [Fact]
    public void The_note_of_interrupted_changes_begins_with_what_it_is_and_how_many()
    {
        WriteNote("kadalu01"u8, 3);
        Assert.Equal(3, Of("interrupted"));
        WriteNote("kadalu01"u8, 8192);
        Assert.Equal(8192, Of("interrupted"));
    }

    [Fact]
    public void A_note_that_cannot_be_one_counts_nothing()
    {
        WriteNote("kadalu02"u8, 3);
        Assert.Equal(0, Of("interrupted"));
        WriteNote("kadalu01"u8, 8193);
        Assert.Equal(0, Of("interrupted"));
        WriteNote("kadalu01"u8, ulong.MaxValue);
        Assert.Equal(0, Of("interrupted"));
        File.WriteAllBytes(Note, [.. "kadalu01"u8, 3]);
        Assert.Equal(0, Of("interrupted"));

        // Whoever may write to the unit's directory must not have another file read.
        WriteNote("kadalu01"u8, 3);
        File.Move(Note, Note + ".moved");
        File.CreateSymbolicLink(Note, Note + ".moved");
        Assert.Equal(0, Of("interrupted"));
    }

    [Fact]
    public void A_tie_breaker_counts_units_that_are_not_to_be_believed()
    {
        var heals = new PendingHeals(_unit.FullName, isTieBreaker: true);
        Assert.Equal(0, heals.Count()["marks"]);
        string pool = Path.Combine(_unit.FullName, "trusted.afr.pool1-ta-2.9b0c1d1e");
        File.WriteAllText(pool, "");
        Mark(pool, "trusted.afr.pool1-client-0", [0, 0, 0, 0]);
        Assert.Equal(0, heals.Count()["marks"]);
        Mark(pool, "trusted.afr.pool1-client-1", [0, 0, 0, 1]);
        Mark(pool, "trusted.other", [1]);
        string other = Path.Combine(_unit.FullName, "file");
        File.WriteAllText(other, "");
        Mark(other, "trusted.afr.pool1-client-0", [1]);
        Assert.Equal(1, heals.Count()["marks"]);
        Assert.Equal(0, TieBreakerMarks.Count(Path.Combine(_unit.FullName, "missing")));
    }

    private string Note => HiddenDirectory.PathIn(_unit.FullName, HiddenDirectory.RecentChanges);

    private string IndexOf(string kind) =>
        Directory.CreateDirectory(HiddenDirectory.PathIn(_unit.FullName, HiddenDirectory.Indices, kind)).FullName;

    private static void Mark(string file, string name, byte[] value) =>
        Assert.Equal(Errno.None, ExtendedAttribute.Create(file, name, value));

    private string AddBase(string kind)
    {
        string path = Path.Combine(IndexOf(kind), $"{kind}-{Guid.NewGuid()}");
        File.WriteAllText(path, "");
        return path;
    }

    private static string AddEntry(string to)
    {
        string entry = Path.Combine(Path.GetDirectoryName(to)!, Guid.NewGuid().ToString());
        Assert.Equal(Errno.None, FileCalls.Link(to, entry));
        return entry;
    }

    private void WriteNote(ReadOnlySpan<byte> kind, ulong count)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Note)!);
        File.WriteAllBytes(Note, [.. kind, .. BitConverter.GetBytes(count), 1, 2, 3]);
    }

    private long Of(string kind) => _heals.Count()[kind];

    private (string, long)[] Counted() =>
        [.. _heals.Count().OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];
}
