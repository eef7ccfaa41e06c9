using System.Text;

namespace KadaluFsd.Linux.Tests;

/// <summary>Files below a directory in which others make the names.</summary>
public sealed class ConfinedFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_is_opened_and_stays_the_same_when_it_is_renamed()
    {
        Directory.CreateDirectory(In("dir"));
        File.WriteAllText(In("dir/f"), "contents");
        Assert.Equal(Errno.None, ConfinedFile.Open(_directory, ["dir", "f"], out ConfinedFile? file));
        using (file)
        {
            File.Move(In("dir/f"), In("elsewhere"));
            Assert.True(file!.Facts is { IsRegular: true, IsDirectory: false, IsLink: false, Size: 8 });
            Assert.Equal(Errno.None, file.OpenContents(out Microsoft.Win32.SafeHandles.SafeFileHandle? contents));
            using (contents)
            {
                byte[] read = new byte[9];
                Assert.Equal(8, RandomAccess.Read(contents!, read, 0));
            }
        }
    }

    [Fact]
    public void No_link_is_followed_anywhere()
    {
        Directory.CreateDirectory(In("dir"));
        File.WriteAllText(In("dir/f"), "");
        File.CreateSymbolicLink(In("way"), "dir");
        Assert.Equal(Errno.ENOTDIR, ConfinedFile.Open(_directory, ["way", "f"], out _));
        File.CreateSymbolicLink(In("link"), "/etc/passwd");
        Assert.Equal(Errno.None, ConfinedFile.Open(_directory, ["link"], out ConfinedFile? link));
        using (link)
        {
            Assert.True(link!.Facts.IsLink);
            Assert.Equal("/etc/passwd", Encoding.UTF8.GetString(link.ReadLink()!));
            Assert.Equal(Errno.EINVAL, link.OpenContents(out _));
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    public void What_is_no_name_is_refused(string name) =>
        Assert.Equal(Errno.EINVAL, ConfinedFile.Open(_directory, [name], out _));

    [Fact]
    public void What_is_not_there_and_what_is_mounted_there_is_not_opened()
    {
        Assert.Equal(Errno.ENOENT, ConfinedFile.Open(_directory, ["none"], out _));
        Assert.Equal(Errno.ENOENT, ConfinedFile.Open(_directory, ["none", "f"], out _));
        Assert.Equal(Errno.EXDEV, ConfinedFile.Open("/", ["proc", "self"], out _));
    }

    [Fact]
    public void The_directory_itself_is_one_too()
    {
        Assert.Equal(Errno.None, ConfinedFile.Open(_directory, [], out ConfinedFile? file));
        using (file)
        {
            Assert.True(file!.Facts.IsDirectory);
        }
    }

    private string In(string name) => Path.Combine(_directory, name);
}
