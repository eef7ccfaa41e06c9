using Tmds.Linux;

namespace KadaluFsd.Native.Linux;

/// <summary>Why a socket call gave nothing.</summary>
public enum SocketFailure
{
    /// <summary>It did not fail.</summary>
    None,

    /// <summary>Nothing there yet.</summary>
    WouldBlock,

    /// <summary>The process or the system has no descriptor or memory left; it may have again later.</summary>
    OutOfResources,

    /// <summary>The connection is gone.</summary>
    ConnectionGone,

    /// <summary>The listener is closed, or no listener.</summary>
    ListenerGone,
}

/// <summary>Calls on sockets that must never see an asynchronous operation of the runtime, since they may be given away.</summary>
public static class RawSocket
{
    /// <summary>Accepts a connection, non-blocking and closed on exec.</summary>
    /// <param name="listener">A listening, non-blocking socket.</param>
    /// <param name="fd">The connection, the caller's to close; -1 on failure.</param>
    /// <returns>Why there is none.</returns>
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

    /// <summary>Copies what has arrived without taking it (MSG_PEEK).</summary>
    /// <param name="fd">A non-blocking stream socket.</param>
    /// <param name="bytes">Filled from the front, from the first unread byte on.</param>
    /// <param name="count">How many bytes were there; 0 at the end of the stream, which is not a failure.</param>
    /// <returns>Why there are none.</returns>
    public static unsafe SocketFailure Peek(int fd, Span<byte> bytes, out int count)
    {
        fixed (byte* buffer = bytes)
        {
            count = (int)(long)LibC.recv(fd, buffer, bytes.Length, LibC.MSG_PEEK | LibC.MSG_DONTWAIT);
        }

        if (count >= 0)
        {
            return SocketFailure.None;
        }

        count = 0;
        return LibC.errno == LibC.EAGAIN ? SocketFailure.WouldBlock : SocketFailure.ConnectionGone;
    }

    /// <summary>Closes a descriptor.</summary>
    /// <param name="fd">The caller's own.</param>
    public static void Close(int fd) => _ = LibC.close(fd);
}
