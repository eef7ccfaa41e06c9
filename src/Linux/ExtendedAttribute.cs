using System.Text;

namespace KadaluFsd.Linux;

/// <summary>Extended attributes of files, xattr(7).</summary>
public static class ExtendedAttribute
{
    /// <summary>Reads one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The attribute's name with its namespace, such as <c>trusted.glusterfs.volume-id</c>.</param>
    /// <param name="value">Filled from the front.</param>
    /// <param name="length">How many bytes it has; 0 on failure.</param>
    /// <returns>getxattr(2)'s reason, or none: ENODATA where there is no such attribute, ERANGE where it is longer than the room for it.</returns>
    public static unsafe Errno Read(string path, string name, Span<byte> value, out int length)
    {
        fixed (byte* first = value)
        {
            nint result = Libc.GetExtendedAttribute(path, name, first, (nuint)value.Length);
            length = (int)Math.Max(result, 0);
            return SystemCall.ErrorOf(result);
        }
    }

    /// <summary>Gives a file one that it does not have.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">As above.</param>
    /// <param name="value">Its value.</param>
    /// <returns>setxattr(2)'s reason, or none.</returns>
    public static unsafe Errno Create(string path, string name, ReadOnlySpan<byte> value)
    {
        fixed (byte* first = value)
        {
            return SystemCall.ErrorOf(Libc.SetExtendedAttribute(path, name, first, (nuint)value.Length, Libc.ExtendedAttributeCreate));
        }
    }

    /// <summary>Takes one away.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">As above.</param>
    /// <returns>removexattr(2)'s reason, or none.</returns>
    public static Errno Remove(string path, string name) => SystemCall.ErrorOf(Libc.RemoveExtendedAttribute(path, name));

    /// <summary>Lists the names of those a file has.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">The names; none on failure.</param>
    /// <returns>listxattr(2)'s reason, or none.</returns>
    public static unsafe Errno List(string path, out string[] names)
    {
        names = [];
        byte[] list = new byte[Libc.ExtendedAttributeListMax];
        fixed (byte* first = list)
        {
            nint length = Libc.ListExtendedAttributes(path, first, (nuint)list.Length);
            if (length > 0)
            {
                names = Encoding.UTF8.GetString(first, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            }

            return SystemCall.ErrorOf(length);
        }
    }

    /// <summary>Takes one away from a path itself, also where it is a symbolic link.</summary>
    /// <param name="path">The path.</param>
    /// <param name="name">As above.</param>
    /// <returns>lremovexattr(2)'s reason, or none.</returns>
    public static Errno RemoveFromLink(string path, string name) => SystemCall.ErrorOf(Libc.RemoveExtendedAttributeOfLink(path, name));

    /// <summary>Lists the names of those a path itself has, also where it is a symbolic link.</summary>
    /// <param name="path">The path.</param>
    /// <param name="names">The names; none on failure.</param>
    /// <returns>llistxattr(2)'s reason, or none.</returns>
    public static unsafe Errno ListOfLink(string path, out string[] names)
    {
        names = [];
        byte[] list = new byte[Libc.ExtendedAttributeListMax];
        fixed (byte* first = list)
        {
            nint length = Libc.ListExtendedAttributesOfLink(path, first, (nuint)list.Length);
            names = length > 0 ? Encoding.UTF8.GetString(first, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries) : names;
            return SystemCall.ErrorOf(length);
        }
    }
}
