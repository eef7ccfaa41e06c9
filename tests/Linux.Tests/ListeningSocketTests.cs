using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace KadaluFsd.Linux.Tests;

/// <summary><see cref="ListeningSocket"/>: who gets in, and who may listen.</summary>
public class ListeningSocketTests
{
    private static readonly TcpKeepAlive s_keepAlive = new(20, 2, 9, 42_000);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_client_gets_in(string address)
    {
        var ip = IPAddress.Parse(address);
        int port = FreePort(ip);
        Assert.Equal(Errno.None, ListeningSocket.Open(ip, port, isShared: false, 8, s_keepAlive, out SafeFileHandle? socket));
        using (socket)
        {
            using var client = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(ip, port);
            Assert.Equal(SocketFailure.None, RawSocket.Accept((int)socket!.DangerousGetHandle(), out int accepted));
            Assert.True(RawSocket.TryGetPeer(accepted, out IPEndPoint? peer));
            Assert.Equal(client.LocalEndPoint, peer);
            using var inherits = new Socket(new SafeSocketHandle(accepted, ownsHandle: true));
            Assert.True(inherits.NoDelay);
            Assert.Equal(20, inherits.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
            Assert.Equal(9, inherits.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
        }

        // The port is free again at once, also while a connection of before is not quite gone.
        Assert.Equal(Errno.None, ListeningSocket.Open(ip, port, isShared: false, 8, s_keepAlive, out socket));
        socket!.Dispose();
    }

    [Fact]
    public void A_port_for_IPv6_leaves_the_one_for_IPv4_to_others()
    {
        int port = FreePort(IPAddress.IPv6Any);
        Assert.Equal(
            Errno.None, ListeningSocket.Open(IPAddress.IPv6Any, port, isShared: false, 8, s_keepAlive, out SafeFileHandle? six));
        using (six)
        {
            // An address of IPv4 that no other test's connections use: the kernel has found the port free for IPv6 alone.
            Assert.Equal(
                Errno.None,
                ListeningSocket.Open(
                    IPAddress.Parse("127.4.0.6"), port, isShared: false, 8, s_keepAlive, out SafeFileHandle? four));
            four!.Dispose();
        }
    }

    [Fact]
    public void A_port_is_shared_only_by_those_who_want_it()
    {
        int port = FreePort(IPAddress.Loopback);
        Assert.Equal(
            Errno.None, ListeningSocket.Open(IPAddress.Loopback, port, isShared: true, 8, s_keepAlive, out SafeFileHandle? one));
        using (one)
        {
            Assert.Equal(
                Errno.EADDRINUSE,
                ListeningSocket.Open(IPAddress.Loopback, port, isShared: false, 8, s_keepAlive, out SafeFileHandle? alone));
            Assert.Null(alone);
            Assert.Equal(
                Errno.None,
                ListeningSocket.Open(IPAddress.Loopback, port, isShared: true, 8, s_keepAlive, out SafeFileHandle? two));
            two!.Dispose();
        }
    }

    [Fact]
    public void An_address_of_another_machine_is_refused()
    {
        Assert.Equal(
            Errno.EADDRNOTAVAIL,
            ListeningSocket.Open(
                IPAddress.Parse("192.0.2.1"), 49152, isShared: false, 8, s_keepAlive, out SafeFileHandle? socket));
        Assert.Null(socket);
    }

    private static int FreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
