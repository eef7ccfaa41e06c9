using System.Net;
using System.Net.Sockets;

namespace KadaluFsd.Harness;

/// <summary>Ports that nobody uses, from the kernel.</summary>
internal static class Ports
{
    internal static int Free()
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        socket.DualMode = true;
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
