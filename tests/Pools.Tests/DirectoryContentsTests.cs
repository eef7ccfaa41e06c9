using KadaluFsd.Linux;
using KadaluFsd.Storage;

namespace KadaluFsd.Pools.Tests;

/// <summary>What is in a directory that a pool is to have, what keeps it from that, and what becomes of it.</summary>
public sealed class DirectoryContentsTests : IDisposable
{
    private static readonly Guid s_pool = Guid.NewGuid();

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    private string Unit => Path.Combine(_root.FullName, "u");

    public DirectoryContentsTests() => Directory.CreateDirectory(Unit);

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_directory_that_is_empty_or_missing_can_be_had()
    {
        Assert.Null(Look());
        Directory.Delete(Unit);
        Assert.True(DirectoryContents.Read(Unit).IsNew);
        Assert.Null(Look());
    }

    [Fact]
    public void What_making_a_unit_leaves_is_nothing()
    {
        var directory = new UnitDirectory(Unit, s_pool);
        directory.WriteVolumeId();
        directory.PrepareHidden();
        new UnitMark(s_pool, Guid.NewGuid()).Write(Unit);
        File.WriteAllText(HiddenDirectory.PathIn(Unit, UnitLabel.FileName), "");
        Directory.CreateDirectory(Path.Combine(Unit, UnitDirectory.LostAndFound));
        Directory.CreateDirectory(Path.Combine(Unit, UnitDirectory.AnonymousPrefix + "1"));
        var index = new UnitIndex(Unit);
        index.Add(HiddenDirectory.RootGfid);
        DirectoryContents contents = DirectoryContents.Read(Unit);
        Assert.True(contents is { IsNew: true, IsReleased: false } && contents.Owner == s_pool);
        Assert.Null(contents.FindObjection(s_pool));
    }

    [Fact]
    public void Whose_it_is_and_was_is_told()
    {
        new UnitDirectory(Unit, s_pool).WriteVolumeId();
        Assert.Null(Look());
        Assert.Equal($"{Unit} belongs to the pool with the id {s_pool}", DirectoryContents.Read(Unit).FindObjection(Guid.Empty));
        Assert.True(new UnitDirectory(Unit, s_pool).RemoveVolumeId());
        Directory.CreateDirectory(HiddenDirectory.PathIn(Unit));
        new UnitMark(s_pool, Guid.NewGuid()).Write(Unit);
        Assert.Null(Look());
        Assert.Equal(
            $"{Unit} was a unit of the deleted pool with the id {s_pool}", DirectoryContents.Read(Unit).FindObjection(Guid.Empty));
    }

    [Fact]
    public void All_reasons_are_told_at_once_and_of_many_names_the_first()
    {
        foreach (string name in new[] { "d", "a", "c", "b", "e" })
        {
            File.WriteAllText(Path.Combine(Unit, name), "");
        }

        Directory.CreateDirectory(HiddenDirectory.PathIn(Unit, "00", "01"));
        Assert.Equal(Errno.None, ExtendedAttribute.Create(Unit, "trusted.gfid", new byte[16]));
        Assert.Equal(
            $"{Unit} is not empty (a, b, c and 2 more), has a storage unit's .glusterfs, has marks of a storage unit " +
            "(trusted.gfid)", Look());
    }

    [Fact]
    public void An_entry_that_waits_for_a_heal_is_something()
    {
        new UnitIndex(Unit).Add(Guid.NewGuid());
        Assert.Equal($"{Unit} has a storage unit's .glusterfs", Look());
    }

    [Fact]
    public void Entries_of_an_index_are_links_to_one_file_and_each_is_there_once()
    {
        var index = new UnitIndex(Unit);
        Guid one = Guid.NewGuid();
        index.Add(one);
        index.Add(one);
        index.Add(Guid.NewGuid());
        string[] files = Directory.GetFiles(HiddenDirectory.PathIn(Unit, HiddenDirectory.Indices, "xattrop"));
        Assert.Equal(3, files.Length);
        Assert.Single(files, UnitIndex.IsOwnBase);
        Assert.Equal(2, new PendingHeals(Unit, isTieBreaker: false).Count()["xattrop"]);
    }

    [Fact]
    public void What_is_discarded_is_beside_it_and_can_come_back()
    {
        File.WriteAllText(Path.Combine(Unit, "file"), "x");
        var now = new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc);
        string place = DirectoryDiscard.PlaceFor(Unit, now);
        Assert.Equal($"{Unit}.discarded-20261122-010203", place);
        DirectoryDiscard.Move(Unit, place);
        Assert.Empty(Directory.GetFileSystemEntries(Unit));
        Assert.Equal($"{Unit}.discarded-20261122-010203-2", DirectoryDiscard.PlaceFor(Unit, now));
        DirectoryDiscard.MoveBack(Unit, place);
        Assert.Equal("x", File.ReadAllText(Path.Combine(Unit, "file")));
        DirectoryDiscard.MoveBack(Unit, place);
    }

    [Fact]
    public void Where_something_new_has_come_it_does_not_come_back()
    {
        string place = DirectoryDiscard.PlaceFor(Unit, DateTime.UtcNow);
        DirectoryDiscard.Move(Unit, place);
        File.WriteAllText(Path.Combine(Unit, "new"), "");
        Assert.Contains(
            "cannot be moved to", Assert.Throws<IOException>(() => DirectoryDiscard.MoveBack(Unit, place)).Message,
            StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Unit, "new")));
    }

    private string? Look() => DirectoryContents.Read(Unit).FindObjection(s_pool);
}
