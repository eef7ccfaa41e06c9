using System.Text;
using Mono.Unix.Native;

namespace KadaluFsd.Linux;

/// <summary>Extended attributes of files, xattr(7).</summary>
public static class ExtendedAttribute
{
    // XATTR_LIST_MAX of linux/limits.h: bytes that all names of a file have at most.
    private const int ListMax = 65536;

    /// <summary>Reads one.</summary>
    /// <param name="name">The attribute's name with its namespace, such as <c>trusted.glusterfs.volume-id</c>.</param>
    /// <param name="value">Filled from the front.</param>
    /// <param name="length">How many bytes it has; 0 on failure.</param>
    /// <returns>getxattr(2)'s reason, or none: ENODATA where there is no such attribute, ERANGE where it is longer than the room
    /// for it.</returns>
    public static Errno Read(string path, string name, Span<byte> value, out int length)
    {
        byte[] read = new byte[value.Length];
        long result = Syscall.getxattr(path, name, read, (ulong)read.Length);
        Errno error = SystemCall.ErrorOf(result);
        length = (int)Math.Max(result, 0);
        read.AsSpan(0, length).CopyTo(value);
        return error;
    }

    /// <summary>Finds one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The attribute's name with its namespace.</param>
    /// <param name="maxLength">The most bytes that it can have.</param>
    /// <returns>Null where there is none, it is longer, or it cannot be read.</returns>
    public static byte[]? Find(string path, string name, int maxLength)
    {
        byte[] value = new byte[maxLength];
        return Read(path, name, value, out int length) == Errno.None ? value[..length] : null;
    }

    /// <summary>Creates an attribute; fails if it exists.</summary>
    /// <param name="name">The attribute's name with its namespace.</param>
    /// <returns>setxattr(2)'s reason, or none.</returns>
    public static Errno Create(string path, string name, ReadOnlySpan<byte> value) =>
        SystemCall.ErrorOf(Syscall.setxattr(path, name, value.ToArray(), (ulong)value.Length, XattrFlags.XATTR_CREATE));

    /// <summary>Removes an attribute.</summary>
    /// <param name="name">The attribute's name with its namespace.</param>
    /// <returns>removexattr(2)'s reason, or none.</returns>
    public static Errno Remove(string path, string name) => SystemCall.ErrorOf(Syscall.removexattr(path, name));

    /// <summary>Lists the names of a file's attributes.</summary>
    /// <param name="names">The names; none on failure.</param>
    /// <returns>listxattr(2)'s reason, or none.</returns>
    public static Errno List(string path, out string[] names)
    {
        byte[] list = new byte[ListMax];
        return Split(list, Syscall.listxattr(path, list, ListMax), out names);
    }

    /// <summary>Removes an attribute; does not follow a symbolic link.</summary>
    /// <param name="name">The attribute's name with its namespace.</param>
    /// <returns>lremovexattr(2)'s reason, or none.</returns>
    public static Errno RemoveFromLink(string path, string name) => SystemCall.ErrorOf(Syscall.lremovexattr(path, name));

    /// <summary>Lists the names of attributes; does not follow a symbolic link.</summary>
    /// <param name="names">The names; none on failure.</param>
    /// <returns>llistxattr(2)'s reason, or none.</returns>
    public static Errno ListOfLink(string path, out string[] names)
    {
        byte[] list = new byte[ListMax];
        return Split(list, Syscall.llistxattr(path, list, ListMax), out names);
    }

    // Each name ends with a zero byte.
    private static Errno Split(byte[] list, long length, out string[] names)
    {
        Errno error = SystemCall.ErrorOf(length);
        names = length > 0
            ? Encoding.UTF8.GetString(list, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            : [];
        return error;
    }
}
