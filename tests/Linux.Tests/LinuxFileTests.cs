using System.Net.Sockets;

namespace KadaluFsd.Linux.Tests;

/// <summary>What the program asks the kernel of files: the numbers that stat(1) and df(1) show, and the errors.</summary>
public sealed class LinuxFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly string _file;

    public LinuxFileTests()
    {
        _file = Path.Combine(_directory.FullName, "ü 1");
        File.WriteAllText(_file, "x");
    }

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_file_is_the_same_one_by_every_name()
    {
        string link = Path.Combine(_directory.FullName, "link");
        File.CreateSymbolicLink(link, _file);
        using FileStream open = File.OpenRead(_file);
        Assert.Equal(Errno.None, FileStatus.Read(_file, out FileStatus status));
        Assert.Equal(Errno.None, FileStatus.Read(link, out FileStatus through));
        Assert.Equal(Errno.None, FileStatus.ReadLink(link, out FileStatus itself));
        Assert.Equal(Errno.None, FileStatus.Read(open.SafeFileHandle, out FileStatus opened));
        Assert.True(status.IsRegular && status.IsSameFile(through) && status.IsSameFile(opened));
        Assert.False(itself.IsRegular || itself.IsSocket || itself.IsSameFile(status));
        Assert.Equal((status.Device, 1UL, 0U), (itself.Device, status.Links, status.User));
    }

    [Fact]
    public void A_socket_is_one()
    {
        string path = Path.Combine(_directory.FullName, "s");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        Assert.Equal(Errno.None, FileStatus.ReadLink(path, out FileStatus status));
        Assert.True(status.IsSocket && !status.IsRegular);
    }

    [Fact]
    public void What_fails_says_why()
    {
        string missing = Path.Combine(_directory.FullName, "missing");
        Assert.Equal(Errno.ENOENT, FileStatus.Read(missing, out _));
        Assert.Equal(Errno.ENOENT, FileStatus.ReadLink(missing, out _));
        Assert.Equal(Errno.ENOTDIR, FileStatus.Read(Path.Combine(_file, "below"), out _));
        Assert.Equal(Errno.ENOENT, FileSystemStatus.Read(missing, out _));
        Assert.Equal(Errno.ENOENT, FileCalls.MayUse(missing));
        Assert.Equal(Errno.ENOENT, FileCalls.SetOwner(missing, 0, 0));
        Assert.Equal(Errno.ENOTDIR, FileCalls.FlushDirectory(_file));
        Assert.Equal(Errno.None, FileCalls.FlushDirectory(_directory.FullName));
        Assert.Equal("No such file or directory", Errno.ENOENT.Describe());
    }

    [Fact]
    public void A_file_system_is_as_full_as_dotnet_says()
    {
        Assert.Equal(Errno.None, FileSystemStatus.Read("/proc", out FileSystemStatus proc));
        Assert.Equal(0UL, proc.Size);
        Assert.Equal(Errno.None, FileSystemStatus.Read(_directory.FullName, out FileSystemStatus status));
        var drive = new DriveInfo(_directory.FullName);
        Assert.Equal((ulong)drive.TotalSize, status.Size);
        Assert.True(
            status.Available <= status.Free &&
            status.Free <= status.Size && status.FreeInodes <= status.Inodes && !status.IsReadOnly);
    }

    [Fact]
    public void Attributes_are_read_as_they_were_written()
    {
        byte[] value = [1, 0, 2, 0xFF];
        Assert.Equal(Errno.None, ExtendedAttribute.Create(_file, "trusted.kadalu.a", value));
        Assert.Equal(Errno.None, ExtendedAttribute.Create(_file, "trusted.kadalu.empty", []));
        Assert.NotEqual(Errno.None, ExtendedAttribute.Create(_file, "trusted.kadalu.a", value));
        Span<byte> read = stackalloc byte[8];
        Assert.Equal(Errno.None, ExtendedAttribute.Read(_file, "trusted.kadalu.a", read, out int length));
        Assert.Equal(value, read[..length].ToArray());
        Assert.Equal(Errno.ERANGE, ExtendedAttribute.Read(_file, "trusted.kadalu.a", read[..2], out _));
        Assert.Equal(Errno.ENODATA, ExtendedAttribute.Read(_file, "trusted.kadalu.b", read, out length));
        Assert.Equal(0, length);
        Assert.Equal(Errno.None, ExtendedAttribute.List(_file, out string[] names));
        Assert.Equal(
            ["trusted.kadalu.a", "trusted.kadalu.empty"],
            names.Where(name => name.StartsWith("trusted.", StringComparison.Ordinal)).Order());
        Assert.Equal(Errno.None, ExtendedAttribute.Remove(_file, "trusted.kadalu.a"));
        Assert.Equal(Errno.ENODATA, ExtendedAttribute.Remove(_file, "trusted.kadalu.a"));
    }
}
