using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KadaluFsd.Fsd.Daemon;

namespace KadaluFsd.Fsd.Routing;

/// <summary>
/// The sockets of a port, one for IPv4 and one for IPv6: with a single socket for both, IPv4 clients would have addresses of a form
/// that <c>auth.addr</c> rules are not written in.
/// </summary>
internal sealed class PortListener : IDisposable
{
    // The kernel cuts it to net.core.somaxconn. GlusterFS's own default is 1024.
    private const int Backlog = 1024;

    // GlusterFS's own values for the connections it accepts (socket.h): a client that is gone is noticed within about 40 s.
    private const int KeepAliveTimeSeconds = 20;
    private const int KeepAliveIntervalSeconds = 2;
    private const int KeepAliveRetries = 9;
    private const int UserTimeoutMilliseconds = 42_000;

    private const int SocketLevel = 1;
    private const int ReusePort = 15;
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18;

    private static readonly IPAddress[] s_everywhere = [IPAddress.Any, IPAddress.IPv6Any];

    private readonly Socket[] _sockets;

    private readonly LocalSocketPath? _path;

    private readonly bool _isPassed;

    private PortListener(Socket[] sockets, RouteChooser choose, LocalSocketPath? path = null, bool isPassed = false) =>
        (_sockets, Choose, _path, _isPassed) = (sockets, choose, path, isPassed);

    /// <summary>Decides who serves a connection that comes in here.</summary>
    internal RouteChooser Choose { get; }

    /// <summary>Descriptors of the sockets; they stay this object's.</summary>
    internal IEnumerable<int> Descriptors => _sockets.Select(socket => (int)socket.Handle);

    /// <summary>
    /// Listens on a port, or takes the sockets on it that the service manager passes. Clients wait in the backlog until somebody accepts.
    /// Only this makes sure that nobody else has the port: two sockets that are merely bound can share one.
    /// </summary>
    /// <param name="address">One address to listen on; null for every IPv4 and IPv6 address.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="shared">Whether other processes of this user may listen on it as well (SO_REUSEPORT).</param>
    /// <param name="choose">Decides who serves the connections.</param>
    /// <returns>The sockets.</returns>
    /// <exception cref="StartException">The port is in use, or may not be used.</exception>
    internal static PortListener Listen(IPAddress? address, int port, bool shared, RouteChooser choose)
    {
        var sockets = new List<Socket>(PassedSockets.All.Claim(port));
        if (sockets.Count > 0)
        {
            return new PortListener(Adapt(sockets), choose, isPassed: true);
        }

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

    /// <summary>Listens on a unix socket, in place of one that nobody serves any more.</summary>
    /// <param name="wanted">Its path, see <see cref="LocalSocketPath"/>; its directory is created. Removed at the end.</param>
    /// <param name="choose">Decides who serves the connections.</param>
    /// <returns>The socket.</returns>
    /// <exception cref="StartException">Somebody serves it, or it cannot be made.</exception>
    internal static PortListener ListenLocally(string wanted, RouteChooser choose)
    {
        var path = LocalSocketPath.For(wanted);
        if (PassedSockets.All.Claim(path.Bound) is { Length: > 0 } passed)
        {
            return new PortListener(Adapt(passed), choose, isPassed: true);
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            path.Prepare();
            socket.Bind(new UnixDomainSocketEndPoint(path.Bound));
            path.Open();
            socket.Listen(Backlog);
            return new PortListener([socket], choose, path);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new StartException(ExitCode.PortUnavailable, $"unix socket {wanted} cannot be listened on: {exception.Message}");
        }
    }

    /// <summary>Frees the port for another try: sockets that the service manager passed are not made again.</summary>
    internal void GiveUp()
    {
        if (_isPassed)
        {
            PassedSockets.All.Return(_sockets);
        }
        else
        {
            Dispose();
        }
    }

    /// <summary>Frees the port; .NET removes the file of a unix socket.</summary>
    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        _path?.Close();
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

            SetForVolfileClients(socket);
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

    // What the service manager made has none of what we want of it.
    private static Socket[] Adapt(IEnumerable<Socket> passed)
    {
        Socket[] sockets = [.. passed];
        foreach (Socket socket in sockets)
        {
            socket.Blocking = false;
            if (socket.AddressFamily != AddressFamily.Unix)
            {
                SetForVolfileClients(socket);
            }
        }

        return sockets;
    }

    // On the listener, from which every accepted socket has them: one at a time they cost as much as a fetch. What is given to the graph
    // loses them again (adopt.c).
    private static void SetForVolfileClients(Socket listener)
    {
        listener.NoDelay = true;
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        listener.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveTimeSeconds);
        listener.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        listener.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveRetries);
        listener.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes(UserTimeoutMilliseconds));
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
        })
        {
            MayPass = exception.SocketErrorCode == SocketError.AddressAlreadyInUse,
        };
    }
}
