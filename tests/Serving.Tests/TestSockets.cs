using System.Net.Sockets;
using KadaluFsd.Linux;

namespace KadaluFsd.Serving.Tests;

/// <summary>Connections as the router has them: descriptors that the runtime does not know of.</summary>
internal static class TestSockets
{
    /// <summary>Accepts a connection that has been made already.</summary>
    /// <param name="listener">Where to.</param>
    /// <returns>The connection's descriptor.</returns>
    internal static int Accept(TcpListener listener)
    {
        Assert.Equal(SocketFailure.None, RawSocket.Accept((int)listener.Server.Handle, out int fd));
        return fd;
    }
}
