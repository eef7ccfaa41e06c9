using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KadaluFsd.Fsd.Routing;

/// <summary>
/// The sockets of a port, one for IPv4 and one for IPv6: with a single socket for both, IPv4 clients would have addresses of a form
/// that <c>auth.addr</c> rules are not written in.
/// </summary>
internal sealed class UnitListener : IDisposable
{
    // The kernel cuts it to net.core.somaxconn. GlusterFS's own default is 1024.
    private const int Backlog = 1024;

    private readonly Socket[] _sockets;

    private UnitListener(Socket[] sockets, int port) => (_sockets, Port) = (sockets, port);

    /// <summary>The port.</summary>
    internal int Port { get; }

    /// <summary>Descriptors of the sockets; they stay this object's.</summary>
    internal IEnumerable<int> Descriptors => _sockets.Select(socket => (int)socket.Handle);

    /// <summary>
    /// Listens on a port. Clients wait in the backlog until somebody accepts. Only this makes sure that nobody else has the port: two
    /// sockets that are merely bound can share one.
    /// </summary>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <returns>The sockets.</returns>
    /// <exception cref="StartException">The port is in use, or may not be used.</exception>
    internal static UnitListener Listen(int port)
    {
        var sockets = new List<Socket>();
        try
        {
            sockets.Add(ListenOne(AddressFamily.InterNetwork, IPAddress.Any, port));
            if (Socket.OSSupportsIPv6)
            {
                sockets.Add(ListenOne(AddressFamily.InterNetworkV6, IPAddress.IPv6Any, port));
            }

            return new UnitListener([.. sockets], port);
        }
        catch (SocketException exception)
        {
            sockets.ForEach(socket => socket.Dispose());
            throw Unavailable(port, exception);
        }
    }

    /// <summary>Frees the port.</summary>
    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private static Socket ListenOne(AddressFamily family, IPAddress address, int port)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            if (family == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static StartException Unavailable(int port, SocketException exception)
    {
        string name = port.ToString(CultureInfo.InvariantCulture);
        return new StartException(ExitCode.PortUnavailable, exception.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $"port {name} is in use: stop what listens there (ss -tlnp 'sport = {name}' shows it) or choose another",
            SocketError.AccessDenied => $"port {name} may not be listened on by this user: ports below 1024 need CAP_NET_BIND_SERVICE",
            _ => $"port {name} cannot be listened on: {exception.Message}",
        });
    }
}
