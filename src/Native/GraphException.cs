using Tmds.Linux;

namespace KadaluFsd.Native;

/// <summary>libkfsd or the GlusterFS behind it said no.</summary>
/// <param name="errno">The raw error number, positive, as in errno.h.</param>
/// <param name="message">The library's own words.</param>
public sealed class GraphException(int errno, string message) : Exception(message)
{
    /// <summary>The raw error number, positive, as in errno.h.</summary>
    public int Errno { get; } = errno;

    /// <summary>Whether the same call may succeed a moment later (EAGAIN).</summary>
    public bool IsTransient => Errno == LibC.EAGAIN;

    /// <summary>
    /// Whether the graph did not answer, or not sensibly (ETIMEDOUT, EPROTO), rather than that something was wanting to ask it.
    /// </summary>
    public bool IsSilence => Errno == LibC.ETIMEDOUT || Errno == LibC.EPROTO;

    /// <summary>Whether what was asked for is not there (ENOENT, ESTALE).</summary>
    public bool IsMissing => Errno == LibC.ENOENT || Errno == LibC.ESTALE;

    /// <summary>Whether a storage unit that was to be asked is not connected (ENOTCONN).</summary>
    public bool IsUnreachable => Errno == LibC.ENOTCONN;

    /// <summary>Whether something was done by half (EIO).</summary>
    public bool IsPartial => Errno == LibC.EIO;
}
