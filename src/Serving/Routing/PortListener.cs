using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace KadaluFsd.Serving.Routing;

/// <summary>
/// The listening sockets of a port, one for IPv4 and one for IPv6: with a single socket for both, IPv4 clients would have
/// addresses in a form that <c>auth.addr</c> rules do not use.
/// </summary>
internal sealed class PortListener : IDisposable
{
    // The kernel cuts it to net.core.somaxconn. GlusterFS's own default is 1024.
    private const int Backlog = 1024;

    // GlusterFS's own values for the connections it accepts (socket.h): a client that is gone is noticed within about 40 s.
    // Connections that are passed to the graph lose them again (adopt.c).
    private static readonly TcpKeepAlive s_keepAlive =
        new(TimeSeconds: 20, IntervalSeconds: 2, Retries: 9, UserTimeoutMilliseconds: 42_000);

    private static readonly ImmutableArray<IPAddress> s_everywhere = [IPAddress.Any, IPAddress.IPv6Any];

    // The sockets, and the descriptor of each.
    private readonly (IDisposable Owner, int Descriptor)[] _sockets;
    // Null once it is closed: afterwards the file may be the next process's.
    private LocalSocketPath? _path;
    private readonly Socket[] _passed;

    private PortListener(IReadOnlyCollection<SafeFileHandle> sockets, RouteChooser choose) =>
        (_sockets, Choose, _passed) =
            ([.. sockets.Select(socket => ((IDisposable)socket, (int)socket.DangerousGetHandle()))], choose, []);

    private PortListener(Socket[] sockets, RouteChooser choose, LocalSocketPath? path, bool isPassed) =>
        (_sockets, Choose, _path, _passed) =
            ([.. sockets.Select(socket => ((IDisposable)socket, (int)socket.Handle))], choose, path, isPassed ? sockets : []);

    /// <summary>Chooses the route of a connection of this port.</summary>
    internal RouteChooser Choose { get; }

    /// <summary>Descriptors of the sockets; owned by this object.</summary>
    internal IEnumerable<int> Descriptors => _sockets.Select(socket => socket.Descriptor);

    /// <summary>
    /// Listens on a port, or takes the sockets for it that the service manager passes. Clients wait in the backlog until they are
    /// accepted. Only listening ensures that nobody else has the port: two sockets that are merely bound can share one.
    /// </summary>
    /// <param name="at">The port, and its addresses.</param>
    /// <param name="shared">Whether other processes of this user may listen on it as well (SO_REUSEPORT).</param>
    /// <param name="choose">Chooses the route of each connection.</param>
    /// <exception cref="CommandException">The port is in use, or may not be used.</exception>
    internal static PortListener Listen(ListenAddress at, bool shared, RouteChooser choose)
    {
        if (PassedSockets.All.Claim(at.Addresses, at.Port) is { Length: > 0 } passed)
        {
            return new PortListener(Adapt(passed), choose, null, isPassed: true);
        }

        var sockets = new List<SafeFileHandle>();
        try
        {
            foreach (IPAddress each in at.Addresses.IsEmpty ? s_everywhere : at.Addresses)
            {
                // A machine may have no IPv6 at all.
                Errno error = ListeningSocket.Open(each, at.Port, shared, Backlog, s_keepAlive, out SafeFileHandle? socket);
                if (socket is not null)
                {
                    sockets.Add(socket);
                }
                else if (error != Errno.EAFNOSUPPORT || !at.Addresses.IsEmpty)
                {
                    throw Unavailable(at.Port, error);
                }
            }

            return sockets.Count > 0 ? new PortListener(sockets, choose) : throw Unavailable(at.Port, Errno.EAFNOSUPPORT);
        }
        catch (CommandException)
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    /// <summary>Listens on a unix socket, and replaces one that nobody serves any more.</summary>
    /// <param name="wanted">Path, see <see cref="LocalSocketPath"/>; its directory is created. The socket is removed at the
    /// end.</param>
    /// <param name="choose">Chooses the route of each connection.</param>
    /// <exception cref="CommandException">Another process serves it, or it cannot be created.</exception>
    internal static PortListener ListenLocally(string wanted, RouteChooser choose)
    {
        var path = LocalSocketPath.For(wanted);
        if (PassedSockets.All.Claim(path.Bound) is { Length: > 0 } passed)
        {
            return new PortListener(Adapt(passed), choose, null, isPassed: true);
        }

        Socket? socket = null;
        try
        {
            path.Prepare();
            socket = path.Bind();
            socket.Blocking = false;
            path.Open();
            socket.Listen(Backlog);
            return new PortListener([socket], choose, path, isPassed: false);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            if (socket is not null)
            {
                path.Close();
                socket.Dispose();
            }

            throw new CommandException(
                SystemRefusal.CodeOf(exception, ExitCode.PortUnavailable),
                $"unix socket {wanted} cannot be listened on: {exception.Message}");
        }
    }

    /// <summary>Frees the port for another attempt. Sockets that the service manager passed stay open.</summary>
    internal void GiveUp()
    {
        if (_passed.Length > 0)
        {
            PassedSockets.All.Return(_passed);
        }
        else
        {
            Dispose();
        }
    }

    /// <summary>Frees the port, and removes the file of a unix socket.</summary>
    public void Dispose()
    {
        _path?.Close();
        _path = null;
        foreach ((IDisposable owner, _) in _sockets)
        {
            owner.Dispose();
        }
    }

    // The service manager's sockets have none of our settings.
    private static Socket[] Adapt(IEnumerable<Socket> passed)
    {
        Socket[] sockets = [.. passed];
        foreach (Socket socket in sockets)
        {
            socket.Blocking = false;
            if (socket.AddressFamily != AddressFamily.Unix)
            {
                Errno error = ListeningSocket.SetForClients((int)socket.Handle, s_keepAlive);
                if (error != Errno.None)
                {
                    throw new CommandException(
                        ExitCode.PortUnavailable,
                        $"the socket that the service manager passes for {socket.LocalEndPoint} cannot be set up: " +
                        $"{error.Describe()}");
                }
            }
        }

        return sockets;
    }

    private static CommandException Unavailable(int port, Errno error)
    {
        string name = port.ToString(CultureInfo.InvariantCulture);
        return new CommandException(ExitCode.PortUnavailable, error switch
        {
            Errno.EADDRINUSE =>
                $"port {name} is in use: stop what listens there (ss -tlnp 'sport = {name}' shows it) or choose another",
            Errno.EADDRNOTAVAIL => $"port {name} cannot be listened on: no such address on this machine",
            Errno.EACCES => $"port {name} may not be listened on by this user: ports below 1024 need CAP_NET_BIND_SERVICE",
            _ => $"port {name} cannot be listened on: {error.Describe()}",
        })
        {
            MayPass = error == Errno.EADDRINUSE,
        };
    }
}
