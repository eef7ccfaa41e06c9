using KadaluFsd.Linux.Files;

namespace KadaluFsd.Linux.Tests;

/// <summary>Files and directories of ours, and that nobody else can write to them.</summary>
public sealed class OwnFilesTests : IDisposable
{
    private const UnixFileMode Everything =
        FileModes.Directory | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_directory_is_made_with_those_above_it_which_others_may_pass()
    {
        OwnFiles.CreateDirectory(At("a/b/c"), FileModes.PrivateDirectory);
        Assert.Equal(FileModes.Directory, File.GetUnixFileMode(At("a")));
        Assert.Equal(FileModes.Directory, File.GetUnixFileMode(At("a/b")));
        Assert.Equal(FileModes.PrivateDirectory, File.GetUnixFileMode(At("a/b/c")));
    }

    [Theory]
    [InlineData(Everything, FileModes.Directory)]
    [InlineData(FileModes.Directory | UnixFileMode.GroupWrite, FileModes.Directory | UnixFileMode.GroupWrite)]
    [InlineData(Everything | UnixFileMode.StickyBit, Everything | UnixFileMode.StickyBit)]
    public void One_that_is_there_is_closed_to_everybody_unless_it_is_meant_for_everybody(UnixFileMode before, UnixFileMode after)
    {
        Directory.CreateDirectory(At("there"));
        File.SetUnixFileMode(At("there"), before);
        OwnFiles.CreateDirectory(At("there"), FileModes.PrivateDirectory);
        Assert.Equal(after, File.GetUnixFileMode(At("there")));
    }

    [Fact]
    public void A_file_that_must_be_new_is_new_and_its_mode_is_no_matter_of_the_umask()
    {
        using (FileStream file = OwnFiles.Create(At("new"), FileModes.Socket))
        {
            Assert.Equal(FileModes.Socket, File.GetUnixFileMode(At("new")));
            Assert.Throws<IOException>(() => File.OpenWrite(At("new")));
        }

        Assert.Throws<IOException>(() => OwnFiles.Create(At("new"), FileModes.Public));
    }

    // As logrotate's copytruncate does.
    [Fact]
    public void What_is_cut_while_it_is_open_goes_on_at_its_beginning()
    {
        using FileStream file = OwnFiles.Append(At("log"), FileModes.Record);
        file.Write("before"u8);
        using (FileStream other = File.Open(At("log"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            other.SetLength(0);
        }

        file.Write("after"u8);
        file.Write("wards"u8);
        Assert.Equal("afterwards", File.ReadAllText(At("log")));
    }

    [Fact]
    public void What_is_appended_to_keeps_what_it_has_and_loses_who_else_may_write()
    {
        using (FileStream file = OwnFiles.Append(At("logs/log"), FileModes.Record))
        {
            file.WriteByte((byte)'a');
        }

        Assert.Equal(FileModes.Record, File.GetUnixFileMode(At("logs/log")));
        File.SetUnixFileMode(At("logs/log"), FileModes.Public | FileModes.Forbidden);
        using (FileStream file = OwnFiles.Append(At("logs/log"), FileModes.Record))
        {
            file.WriteByte((byte)'b');
        }

        Assert.Equal("ab", File.ReadAllText(At("logs/log")));
        Assert.Equal(FileModes.Public, File.GetUnixFileMode(At("logs/log")));
    }

    [Fact]
    public void A_device_that_is_appended_to_stays_as_it_is()
    {
        UnixFileMode before = File.GetUnixFileMode("/dev/null");
        using FileStream file = OwnFiles.Append("/dev/null", FileModes.Record);
        Assert.Equal(before, File.GetUnixFileMode("/dev/null"));
    }

    [Fact]
    public void A_file_is_put_in_the_place_of_another_or_not_at_all()
    {
        OwnFiles.Put(At("run/file"), "1"u8, FileModes.Public);
        File.WriteAllText(At("run/file.new"), "what a killed process left");
        OwnFiles.Put(At("run/file"), "2"u8, FileModes.Secret);
        Assert.Equal("2", File.ReadAllText(At("run/file")));
        Assert.Equal(FileModes.Secret, File.GetUnixFileMode(At("run/file")));
        Directory.CreateDirectory(At("run/directory"));
        Assert.ThrowsAny<IOException>(() => OwnFiles.Put(At("run/directory"), "3"u8, FileModes.Secret));
        Assert.Equal([At("run/file")], Directory.GetFiles(At("run")));
    }

    [Fact]
    public void A_removed_file_leaves_nothing_of_a_process_that_was_killed_while_it_wrote_it()
    {
        OwnFiles.Put(At("run/file"), "1"u8, FileModes.Public);
        File.WriteAllText(At("run/file.new"), "what a killed process left");
        File.WriteAllText(At("run/other.new"), "");
        OwnFiles.Remove(At("run/file"));
        OwnFiles.Remove(At("run/file"));
        OwnFiles.Remove(At("nowhere/file"));
        Assert.Equal([At("run/other.new")], Directory.GetFiles(At("run")));
    }

    private string At(string name) => Path.Combine(_directory.FullName, name);
}
