using KadaluFsd.Contract;

namespace KadaluFsd.Storage.Tests;

/// <summary>A unit knows its directory again.</summary>
public sealed class UnitRecordTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-record-");

    private string Volfile => Path.Combine(_root.FullName, "pool1.vol");

    private string Unit => Path.Combine(_root.FullName, "u");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Another_directory_at_its_path_is_refused()
    {
        var record = Make(Guid.NewGuid());
        record.Check();
        record.Keep();
        record.Check();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(UnitRecord.PathFor(Volfile)));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(Unit, ".glusterfs", UnitMark.FileName)));

        Directory.Delete(Unit, recursive: true);
        Make(Guid.NewGuid());
        Assert.Contains("kadalu unit replace", Assert.Throws<CommandException>(record.Check).Message, StringComparison.Ordinal);
        record.Remove();
        record.Check();
    }

    [Fact]
    public void A_copy_of_its_directory_is_its_own_and_so_is_one_of_another_pool()
    {
        var volumeId = Guid.NewGuid();
        UnitRecord record = Make(volumeId);
        record.Keep();
        string mark = Path.Combine(Unit, ".glusterfs", UnitMark.FileName);
        string text = File.ReadAllText(mark);
        Directory.Delete(Unit, recursive: true);
        Make(volumeId);
        File.WriteAllText(mark, text);
        record.Check();

        // Another pool's unit at the same path, under the same name.
        Directory.Delete(Unit, recursive: true);
        UnitRecord others = Make(Guid.NewGuid());
        others.Check();
        others.Keep();
        Assert.NotNull(UnitMark.Read(Unit));
    }

    [Fact]
    public void A_directory_that_has_gone_is_not_made_anew()
    {
        UnitRecord record = Make(Guid.NewGuid());
        Directory.Delete(Unit, recursive: true);
        Assert.ThrowsAny<IOException>(record.Keep);
        Assert.False(Directory.Exists(Unit));
    }

    [Fact]
    public void A_blocked_unit_starts_over_no_directory()
    {
        UnitRecord record = Make(Guid.NewGuid());
        record.Keep();
        record.Block();
        Assert.Throws<CommandException>(record.Check);
    }

    [Theory]
    [InlineData("")]
    [InlineData("directory=/x\n")]
    [InlineData("unit=nonsense\nvolume=\n=\n")]
    public void A_record_that_cannot_be_read_counts_as_none(string text)
    {
        UnitRecord record = Make(Guid.NewGuid());
        File.WriteAllText(UnitRecord.PathFor(Volfile), text);
        record.Check();
        record.Keep();
        record.Check();
    }

    private UnitRecord Make(Guid volumeId)
    {
        Directory.CreateDirectory(Path.Combine(Unit, ".glusterfs"));
        return new UnitRecord(Volfile, Unit, volumeId);
    }
}
