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
}
