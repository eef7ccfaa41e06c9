using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KadaluFsd.Fsd.Routing;

/// <summary>
/// The sockets of a port, one for IPv4 and one for IPv6: with a single socket for both, IPv4 clients would have addresses of a form
/// that <c>auth.addr</c> rules are not written in.
/// </summary>
internal sealed class PortListener : IDisposable
{
    // The kernel cuts it to net.core.somaxconn. GlusterFS's own default is 1024.
    private const int Backlog = 1024;

    private const int SocketLevel = 1;
    private const int ReusePort = 15;

    private static readonly IPAddress[] s_everywhere = [IPAddress.Any, IPAddress.IPv6Any];

    private readonly Socket[] _sockets;

    private PortListener(Socket[] sockets, RouteChooser choose) => (_sockets, Choose) = (sockets, choose);

    /// <summary>Decides who serves a connection that comes in here.</summary>
    internal RouteChooser Choose { get; }

    /// <summary>Descriptors of the sockets; they stay this object's.</summary>
    internal IEnumerable<int> Descriptors => _sockets.Select(socket => (int)socket.Handle);

    /// <summary>
    /// Listens on a port. Clients wait in the backlog until somebody accepts. Only this makes sure that nobody else has the port: two
    /// sockets that are merely bound can share one.
    /// </summary>
    /// <param name="address">One address to listen on; null for every IPv4 and IPv6 address.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="shared">Whether other processes of this user may listen on it as well (SO_REUSEPORT).</param>
    /// <param name="choose">Decides who serves the connections.</param>
    /// <returns>The sockets.</returns>
    /// <exception cref="StartException">The port is in use, or may not be used.</exception>
    internal static PortListener Listen(IPAddress? address, int port, bool shared, RouteChooser choose)
    {
        var sockets = new List<Socket>();
        try
        {
            foreach (IPAddress each in address is not null ? [address] : s_everywhere)
            {
                if (each.AddressFamily != AddressFamily.InterNetworkV6 || Socket.OSSupportsIPv6)
                {
                    sockets.Add(ListenOne(each, port, shared));
                }
            }

            return new PortListener([.. sockets], choose);
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

    private static Socket ListenOne(IPAddress address, int port, bool shared)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            if (shared)
            {
                socket.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(1));
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
            SocketError.AddressNotAvailable => $"port {name} cannot be listened on: no such address on this machine",
            SocketError.AccessDenied => $"port {name} may not be listened on by this user: ports below 1024 need CAP_NET_BIND_SERVICE",
            _ => $"port {name} cannot be listened on: {exception.Message}",
        });
    }
}
