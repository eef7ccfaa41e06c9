using System.Text;

namespace KadaluFsd.Linux;

/// <summary>Paths as the C library takes them.</summary>
public static class NativePath
{
    /// <summary>Encodes a path.</summary>
    /// <returns>The path in UTF-8 with a NUL at its end.</returns>
    public static byte[] ToBytes(string path)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, bytes);
        return bytes;
    }
}
