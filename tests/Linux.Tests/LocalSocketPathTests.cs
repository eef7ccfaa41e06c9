using System.Net.Sockets;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Linux.Tests;

public sealed class LocalSocketPathTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-socket-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("short")]
    [InlineData("a-name-that-is-too-long-for-the-address-of-a-unix-socket-and-becomes-a-link-to-one-with-a-short-name-beside-it")]
    public void What_the_next_process_has_bound_stays_when_the_one_before_closes_its_socket(string name)
    {
        var path = LocalSocketPath.For(Path.Combine(_directory.FullName, name));
        Assert.False(path.IsServed());
        Socket before = Open(path);
        Assert.True(path.IsServed());
        Assert.Throws<IOException>(path.Prepare);
        path.Close();
        Assert.Empty(_directory.GetFileSystemInfos());
        using Socket next = Open(path);
        before.Dispose();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path.Bound));
        Assert.True(File.Exists(path.Path));
        using Socket accepted = next.Accept();
        Assert.True(accepted.Connected);
    }

    [Fact]
    public void What_a_killed_process_has_left_makes_room()
    {
        var path = LocalSocketPath.For(Path.Combine(_directory.FullName, "left"));
        Open(path).Dispose();
        Assert.False(path.IsServed());
        Assert.True(File.Exists(path.Bound));
        Assert.Throws<IOException>(path.Bind);
        path.Prepare();
        Open(path).Dispose();
        Assert.Equal(FileModes.Socket, File.GetUnixFileMode(path.Bound));
    }

    private static Socket Open(LocalSocketPath path)
    {
        path.Prepare();
        Socket socket = path.Bind();
        path.Open();
        socket.Listen();
        return socket;
    }
}
