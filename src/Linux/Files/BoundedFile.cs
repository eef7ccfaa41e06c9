namespace KadaluFsd.Linux.Files;

/// <summary>Reads files that other people name, and whose length they decide: a device has no end.</summary>
public static class BoundedFile
{
    private const int FirstBytes = 64 * 1024;

    /// <summary>Reads a whole file; it may be a pipe.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxLength">The most bytes that it may have.</param>
    /// <exception cref="IOException">It is longer, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static byte[] Read(string path, int maxLength)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Read(file, maxLength);
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            throw new IOException(Errno.EISDIR.Describe(), (int)Errno.EISDIR); // .NET says that access is denied, also to root.
        }
    }

    /// <summary>Reads the rest of a stream.</summary>
    /// <param name="file">The stream; the caller closes it.</param>
    /// <param name="maxLength">The most bytes that it may have.</param>
    /// <exception cref="IOException">It is longer, or cannot be read.</exception>
    public static byte[] Read(Stream file, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(file);
        byte[] bytes = new byte[Math.Min(FirstBytes, maxLength + 1)];
        int length = 0;
        while (true)
        {
            length += file.ReadAtLeast(bytes.AsSpan(length), bytes.Length - length, throwOnEndOfStream: false);
            if (length > maxLength)
            {
                throw new IOException($"longer than {maxLength} bytes");
            }

            if (length < bytes.Length)
            {
                return bytes[..length];
            }

            Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length, maxLength + 1L));
        }
    }
}
