using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>Why a socket call failed.</summary>
public enum SocketFailure
{
    /// <summary>Success.</summary>
    None,

    /// <summary>Nothing has arrived yet, or there is no room yet.</summary>
    WouldBlock,

    /// <summary>Descriptors or memory have run out, perhaps for the moment.</summary>
    OutOfResources,

    /// <summary>The connection is gone.</summary>
    ConnectionGone,

    /// <summary>The socket is closed, or not a listener.</summary>
    ListenerGone,
}

/// <summary>Calls on sockets that must never see an asynchronous operation of the runtime, since they may be passed on.</summary>
public static class RawSocket
{
    /// <summary>Accepts a connection, non-blocking and closed on exec.</summary>
    /// <param name="listener">A listening, non-blocking socket.</param>
    /// <param name="fd">The connection, to be closed by the caller; -1 on failure.</param>
    /// <returns>The failure, or none.</returns>
    public static unsafe SocketFailure Accept(int listener, out int fd)
    {
        fd = LibC.accept4(listener, null, null, LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC);
        if (fd >= 0)
        {
            return SocketFailure.None;
        }

        int error = LibC.errno;
        if (error == LibC.EAGAIN)
        {
            return SocketFailure.WouldBlock;
        }

        if (error == LibC.EMFILE || error == LibC.ENFILE || error == LibC.ENOBUFS || error == LibC.ENOMEM)
        {
            return SocketFailure.OutOfResources;
        }

        // accept(2) passes on errors of the new connection, and asks for them to be taken as "none yet".
        return error == LibC.EBADF || error == LibC.EINVAL || error == LibC.ENOTSOCK
            ? SocketFailure.ListenerGone
            : SocketFailure.ConnectionGone;
    }

    /// <summary>Copies arrived bytes without consuming them (MSG_PEEK).</summary>
    /// <param name="fd">A non-blocking stream socket.</param>
    /// <param name="bytes">Filled from the front, from the first unread byte on.</param>
    /// <param name="count">The number of bytes; 0 at the end of the stream, which is not a failure.</param>
    /// <returns>The failure, or none.</returns>
    public static SocketFailure Peek(int fd, Span<byte> bytes, out int count) => Receive(fd, bytes, LibC.MSG_PEEK, out count);

    /// <summary>Receives arrived bytes.</summary>
    /// <param name="fd">A non-blocking stream socket.</param>
    /// <param name="bytes">Filled from the front.</param>
    /// <param name="count">The number of bytes; 0 at the end of the stream, which is not a failure.</param>
    /// <returns>The failure, or none.</returns>
    public static SocketFailure Receive(int fd, Span<byte> bytes, out int count) => Receive(fd, bytes, 0, out count);

    /// <summary>Sends as many bytes as the kernel takes.</summary>
    /// <param name="fd">A non-blocking stream socket.</param>
    /// <param name="count">The number of bytes sent; 0 on failure.</param>
    /// <returns>The failure, or none.</returns>
    public static unsafe SocketFailure Send(int fd, ReadOnlySpan<byte> bytes, out int count)
    {
        fixed (byte* buffer = bytes)
        {
            count = (int)Libc.Send(fd, buffer, bytes.Length, LibC.MSG_NOSIGNAL | LibC.MSG_DONTWAIT);
        }

        return count >= 0 ? SocketFailure.None : Failure(ref count);
    }

    /// <summary>Gets the peer's address.</summary>
    /// <param name="address">The address; an IPv4 peer's in IPv4 form on any socket; null for a peer on a unix socket.</param>
    /// <returns>Whether it is still connected.</returns>
    public static unsafe bool TryGetPeer(int fd, out IPEndPoint? address)
    {
        var storage = default(sockaddr_storage);
        socklen_t length = (uint)sizeof(sockaddr_storage);
        address = null;
        if (LibC.getpeername(fd, (sockaddr*)&storage, &length) != 0)
        {
            return false;
        }

        var bytes = new ReadOnlySpan<byte>(&storage, sizeof(sockaddr_storage));
        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (storage.ss_family == LibC.AF_INET)
        {
            address = new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), port);
        }
        else if (storage.ss_family == LibC.AF_INET6)
        {
            // The scope is in the machine's own byte order.
            var ip = new IPAddress(bytes.Slice(8, 16), BitConverter.ToUInt32(bytes[24..]));
            address = new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, port);
        }

        return true;
    }

    /// <summary>Gets the local port of a connection.</summary>
    /// <returns>The port; 0 on a unix socket.</returns>
    public static unsafe int LocalPort(int fd)
    {
        var storage = default(sockaddr_storage);
        socklen_t length = (uint)sizeof(sockaddr_storage);
        return LibC.getsockname(fd, (sockaddr*)&storage, &length) == 0 && storage.ss_family != LibC.AF_UNIX
            ? BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(&storage, sizeof(sockaddr_storage))[2..])
            : 0;
    }

    /// <summary>Closes a descriptor.</summary>
    /// <param name="fd">The descriptor.</param>
    public static void Close(int fd) => _ = LibC.close(fd);

    private static unsafe SocketFailure Receive(int fd, Span<byte> bytes, int flags, out int count)
    {
        fixed (byte* buffer = bytes)
        {
            count = (int)Libc.Receive(fd, buffer, bytes.Length, flags | LibC.MSG_DONTWAIT);
        }

        return count >= 0 ? SocketFailure.None : Failure(ref count);
    }

    // Must follow the call immediately, because of errno.
    private static SocketFailure Failure(ref int count)
    {
        int error = Marshal.GetLastSystemError();
        count = 0;
        return error == LibC.EAGAIN || error == LibC.EINTR ? SocketFailure.WouldBlock : SocketFailure.ConnectionGone;
    }
}
