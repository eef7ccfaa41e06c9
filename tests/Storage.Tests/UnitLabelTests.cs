using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Storage.Tests;

/// <summary>What a directory says of the unit that it is.</summary>
public sealed class UnitLabelTests : IDisposable
{
    private static readonly UnitLabel s_label =
        new(Guid.NewGuid(), new PoolLayers("pool1", true, 7, 3), 4, 2, GroupKind.Mirror, 0, 1, 3, 2);
    private readonly DirectoryInfo _unit = Directory.CreateTempSubdirectory("kadalu-fsd-label-");

    private string FilePath => Path.Combine(_unit.FullName, ".glusterfs", UnitLabel.FileName);

    public void Dispose() => _unit.Delete(recursive: true);

    [Fact]
    public void What_is_written_is_read_by_its_own_pool_only()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        s_label.Write(_unit.FullName);
        Assert.Equal(s_label, UnitLabel.Read(_unit.FullName, s_label.VolumeId));
        Assert.Null(UnitLabel.Read(_unit.FullName, Guid.NewGuid()));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));

        // One line less is no label.
        string[] lines = File.ReadAllLines(FilePath);
        Assert.All(lines.Where(line => !line.StartsWith("distribute=", StringComparison.Ordinal)), line =>
        {
            File.WriteAllLines(FilePath, lines.Except([line]));
            Assert.Null(UnitLabel.Read(_unit.FullName, s_label.VolumeId));
        });
        UnitLabel.Remove(_unit.FullName);
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void A_directory_that_has_gone_is_not_made_anew()
    {
        Assert.ThrowsAny<IOException>(() => s_label.Write(_unit.FullName));
        Assert.Empty(Directory.GetFileSystemEntries(_unit.FullName));
    }

    [Fact]
    public void What_it_was_is_compared_with_what_it_would_be()
    {
        Assert.Null(s_label.FindDifference(s_label with { Place = 0, Unit = 0, Group = 1 }, hasNumbers: false));
        Assert.Contains(
            "has the number 4", s_label.FindDifference(s_label with { Unit = 0 }, hasNumbers: true), StringComparison.Ordinal);
        Assert.Contains(
            "of the layers of pool1",
            s_label.FindDifference(s_label with { Layers = s_label.Layers with { Name = "other" } }, hasNumbers: true),
            StringComparison.Ordinal);
        Assert.Contains(
            "in one of 1", s_label.FindDifference(s_label with { Groups = 1 }, hasNumbers: false), StringComparison.Ordinal);
        Assert.Equal(
            "was unit 2 of 3 of a mirror, and would be a tie-breaker",
            s_label.FindDifference(s_label with { Group = -1 }, hasNumbers: false));
        UnitLabel part = s_label with { Kind = GroupKind.Disperse, Redundancy = 1 };
        Assert.Contains(
            "would be unit 1 of 3", part.FindDifference(part with { Place = 0 }, hasNumbers: false), StringComparison.Ordinal);
        Assert.Contains(
            "redundancy 2", part.FindDifference(part with { Redundancy = 2 }, hasNumbers: false), StringComparison.Ordinal);
    }
}
