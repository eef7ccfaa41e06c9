using System.ComponentModel;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>
/// A file in memory without a name: memfd_create(2). Other programs of this user can open it until it is disposed.
/// </summary>
public sealed class MemoryFile : IDisposable
{
    private readonly SafeFileHandle _file;

    private MemoryFile(SafeFileHandle file) => _file = file;

    /// <summary>The path by which others can open it.</summary>
    public string Path =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{_file.DangerousGetHandle()}");

    /// <param name="name">Its name in /proc.</param>
    /// <returns>The file, to be disposed of by the caller.</returns>
    /// <exception cref="Win32Exception">The system has no memory or no descriptor for it.</exception>
    public static unsafe MemoryFile Create(string name, ReadOnlySpan<byte> content)
    {
        int fd;
        fixed (byte* bytes = NativePath.ToBytes(name))
        {
            fd = LibC.memfd_create(bytes, LibC.MFD_CLOEXEC);
        }

        if (fd < 0)
        {
            throw new Win32Exception(LibC.errno, $"memfd_create failed: error {LibC.errno}");
        }

        var file = new SafeFileHandle(fd, ownsHandle: true);
        try
        {
            RandomAccess.Write(file, content, 0);
            return new MemoryFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
