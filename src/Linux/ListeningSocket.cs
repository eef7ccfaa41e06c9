using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>When a connection counts as dead: tcp(7).</summary>
/// <param name="TimeSeconds">Idle time before the first probe (TCP_KEEPIDLE).</param>
/// <param name="IntervalSeconds">Time between probes (TCP_KEEPINTVL).</param>
/// <param name="Retries">Unanswered probes (TCP_KEEPCNT).</param>
/// <param name="UserTimeoutMilliseconds">How long sent data may be unacknowledged (TCP_USER_TIMEOUT).</param>
public readonly record struct TcpKeepAlive(int TimeSeconds, int IntervalSeconds, int Retries, int UserTimeoutMilliseconds);

/// <summary>
/// Creates listening sockets without .NET's own, whose first TCP socket starts the runtime's event loop for sockets, and whose
/// unix sockets remove a file that may be another process's by then.
/// </summary>
public static class ListeningSocket
{
    /// <summary>Creates a TCP listener, non-blocking and closed on exec.</summary>
    /// <param name="address">The address to listen on; an IPv6 address accepts no IPv4 clients.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="isShared">Whether other processes of this user may listen on it as well (SO_REUSEPORT).</param>
    /// <param name="backlog">How many clients may wait.</param>
    /// <param name="keepAlive">Inherited by accepted connections.</param>
    /// <param name="socket">The socket, to be disposed of by the caller; null on failure.</param>
    /// <returns>Why there is none: EADDRINUSE where the port is taken, or what socket(2), setsockopt(2), bind(2) and listen(2)
    /// say. None where there is one.</returns>
    public static Errno Open(
        IPAddress address, int port, bool isShared, int backlog, TcpKeepAlive keepAlive, out SafeFileHandle? socket)
    {
        socket = null;
        bool isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        int fd = LibC.socket(isV6 ? LibC.AF_INET6 : LibC.AF_INET, LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            return SystemCall.ErrorOf(fd);
        }

        var made = new SafeFileHandle(fd, ownsHandle: true);
        Errno error = Listen(fd, address, port, isShared, backlog, keepAlive);
        if (error != Errno.None)
        {
            made.Dispose();
            return error;
        }

        socket = made;
        return Errno.None;
    }

    /// <summary>Creates a unix socket, closed on exec, and binds it to a path.</summary>
    /// <param name="path">The path, of at most 107 bytes; it must be free.</param>
    /// <param name="mode">The mode of its file, less what the umask takes away.</param>
    /// <param name="socket">The socket, to be disposed of by the caller, which does not remove the file; null on failure.</param>
    /// <returns>Why there is none: EADDRINUSE where something is there, or what socket(2), fchmod(2) and bind(2) say. None where
    /// there is one.</returns>
    public static unsafe Errno BindLocally(string path, UnixFileMode mode, out SafeSocketHandle? socket)
    {
        socket = null;
        byte[] bytes = NativePath.ToBytes(path);
        sockaddr_un name = default;
        var room = new Span<byte>(&name, sizeof(sockaddr_un));
        if (bytes.Length > room.Length - sizeof(ushort))
        {
            return Errno.ENAMETOOLONG;
        }

        BitConverter.TryWriteBytes(room, (ushort)LibC.AF_UNIX);
        bytes.CopyTo(room[sizeof(ushort)..]);
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            return SystemCall.ErrorOf(fd);
        }

        // Linux takes the file's mode from the socket's own.
        var made = new SafeSocketHandle(fd, ownsHandle: true);
        Errno error = SystemCall.ErrorOf(LibC.fchmod(fd, (mode_t)(uint)mode));
        error = error == Errno.None
            ? SystemCall.ErrorOf(LibC.bind(fd, (sockaddr*)&name, (uint)(sizeof(ushort) + bytes.Length)))
            : error;
        if (error != Errno.None)
        {
            made.Dispose();
            return error;
        }

        socket = made;
        return Errno.None;
    }

    /// <summary>
    /// Sets options that accepted sockets inherit from their listener: TCP_NODELAY and keep-alive. Set on each connection they
    /// would cost as much as a fetch.
    /// </summary>
    /// <param name="keepAlive">When a connection counts as dead.</param>
    /// <returns>setsockopt(2)'s reason, or none.</returns>
    public static Errno SetForClients(int fd, TcpKeepAlive keepAlive)
    {
        return SetOptions(
            fd,
            (LibC.IPPROTO_TCP, LibC.TCP_NODELAY, 1),
            (LibC.SOL_SOCKET, LibC.SO_KEEPALIVE, 1),
            (LibC.IPPROTO_TCP, LibC.TCP_KEEPIDLE, keepAlive.TimeSeconds),
            (LibC.IPPROTO_TCP, LibC.TCP_KEEPINTVL, keepAlive.IntervalSeconds),
            (LibC.IPPROTO_TCP, LibC.TCP_KEEPCNT, keepAlive.Retries),
            (LibC.IPPROTO_TCP, LibC.TCP_USER_TIMEOUT, keepAlive.UserTimeoutMilliseconds));
    }

    private static unsafe Errno Listen(int fd, IPAddress address, int port, bool isShared, int backlog, TcpKeepAlive keepAlive)
    {
        // A port that a process has just left may be listened on again at once (SO_REUSEADDR), whatever remains of its
        // connections.
        Errno error =
            SetOptions(fd, (LibC.SOL_SOCKET, LibC.SO_REUSEADDR, 1), (LibC.SOL_SOCKET, LibC.SO_REUSEPORT, isShared ? 1 : 0));
        if (error == Errno.None && address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            error = SetOptions(fd, (LibC.IPPROTO_IPV6, LibC.IPV6_V6ONLY, 1));
        }

        if (error == Errno.None)
        {
            error = SetForClients(fd, keepAlive);
        }

        if (error != Errno.None)
        {
            return error;
        }

        byte* name = stackalloc byte[sizeof(sockaddr_in6)];
        int length = FillAddress(address, port, new Span<byte>(name, sizeof(sockaddr_in6)));
        error = SystemCall.ErrorOf(LibC.bind(fd, (sockaddr*)name, (uint)length));
        return error == Errno.None ? SystemCall.ErrorOf(LibC.listen(fd, backlog)) : error;
    }

    // Level, name and value of each; returns setsockopt(2)'s reason for the first that is rejected.
    private static unsafe Errno SetOptions(int fd, params ReadOnlySpan<(int Level, int Option, int Value)> options)
    {
        foreach ((int level, int option, int value) in options)
        {
            int number = value;
            if (SystemCall.ErrorOf(LibC.setsockopt(fd, level, option, &number, sizeof(int))) is not Errno.None and var error)
            {
                return error;
            }
        }

        return Errno.None;
    }

    // sockaddr_in and sockaddr_in6, ip(7) and ipv6(7): the family in the machine's byte order, all else in the network's.
    private static unsafe int FillAddress(IPAddress address, int port, Span<byte> name)
    {
        name.Clear();
        bool isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        BitConverter.TryWriteBytes(name, (ushort)(isV6 ? LibC.AF_INET6 : LibC.AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], (ushort)port);
        address.TryWriteBytes(name[(isV6 ? 8 : 4)..], out _);
        if (isV6)
        {
            BitConverter.TryWriteBytes(name[24..], (uint)address.ScopeId);
        }

        return isV6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    }
}
