using Tmds.Linux;

namespace KadaluFsd.Native;

/// <summary>A call of libkfsd failed.</summary>
/// <param name="errno">The raw error number, positive, as in errno.h.</param>
/// <param name="message">The library's message.</param>
public sealed class GraphException(int errno, string message) : Exception(message)
{
    /// <summary>The raw error number, positive, as in errno.h.</summary>
    public int Errno { get; } = errno;

    /// <summary>Whether the same call may succeed a moment later (EAGAIN).</summary>
    public bool IsTransient => Errno == LibC.EAGAIN;

    /// <summary>Whether the graph did not answer in time, or answered nonsense (ETIMEDOUT, EPROTO).</summary>
    public bool IsTimeout => Errno == LibC.ETIMEDOUT || Errno == LibC.EPROTO;

    /// <summary>Whether the target does not exist (ENOENT, ESTALE).</summary>
    public bool IsMissing => Errno == LibC.ENOENT || Errno == LibC.ESTALE;

    /// <summary>Whether a storage unit is not connected (ENOTCONN).</summary>
    public bool IsUnreachable => Errno == LibC.ENOTCONN;

    /// <summary>Whether something was done partly (EIO).</summary>
    public bool IsPartial => Errno == LibC.EIO;
}
