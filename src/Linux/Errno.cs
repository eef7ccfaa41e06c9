using System.Runtime.InteropServices;

namespace KadaluFsd.Linux;

/// <summary>Why a system call failed: errno(3), with Linux's numbers. Others than the named ones come as their number.</summary>
public enum Errno
{
    /// <summary>Success.</summary>
    None = 0,

    /// <summary>There is no such file.</summary>
    ENOENT = 2,

    /// <summary>There is no such process.</summary>
    ESRCH = 3,

    /// <summary>The resource is in use (EWOULDBLOCK), or there are too many threads or processes, among others.</summary>
    EAGAIN = 11,

    /// <summary>The system has no memory left.</summary>
    ENOMEM = 12,

    /// <summary>This user may not do that.</summary>
    EACCES = 13,

    /// <summary>It exists already.</summary>
    EEXIST = 17,

    /// <summary>The other file is in another file system.</summary>
    EXDEV = 18,

    /// <summary>A component of the path is not a directory.</summary>
    ENOTDIR = 20,

    /// <summary>It is a directory, and what was wanted is done with files.</summary>
    EISDIR = 21,

    /// <summary>An argument means nothing.</summary>
    EINVAL = 22,

    /// <summary>The system has no descriptor left.</summary>
    ENFILE = 23,

    /// <summary>The process has no descriptor left.</summary>
    EMFILE = 24,

    /// <summary>The file system has no space left.</summary>
    ENOSPC = 28,

    /// <summary>The file system is mounted read-only.</summary>
    EROFS = 30,

    /// <summary>The result does not fit.</summary>
    ERANGE = 34,

    /// <summary>A name is too long.</summary>
    ENAMETOOLONG = 36,

    /// <summary>There is no such extended attribute.</summary>
    ENODATA = 61,

    /// <summary>The file system cannot do that.</summary>
    EOPNOTSUPP = 95,

    /// <summary>This machine does not have that family of addresses.</summary>
    EAFNOSUPPORT = 97,

    /// <summary>The address and port are in use.</summary>
    EADDRINUSE = 98,

    /// <summary>This machine has no such address.</summary>
    EADDRNOTAVAIL = 99,

    /// <summary>The system has no memory left for a socket.</summary>
    ENOBUFS = 105,

    /// <summary>The other end is gone, such as that of a FUSE mount.</summary>
    ENOTCONN = 107,

    /// <summary>The quota is used up.</summary>
    EDQUOT = 122,
}

/// <summary>Texts for <see cref="Errno"/>.</summary>
public static class ErrnoExtensions
{
    /// <summary>strerror(3)'s text.</summary>
    /// <returns>A text such as "No such file or directory".</returns>
    public static string Describe(this Errno error) => Marshal.GetPInvokeErrorMessage((int)error);
}
