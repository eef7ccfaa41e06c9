using System.ComponentModel;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>
/// A file without a name, in memory: memfd_create(2). Other programs of this user can open it as long as it is not disposed, and
/// nothing is left of it then.
/// </summary>
public sealed class MemoryFile : IDisposable
{
    private readonly SafeFileHandle _file;

    private MemoryFile(SafeFileHandle file) => _file = file;

    /// <summary>Where others can open it.</summary>
    public string Path =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{_file.DangerousGetHandle()}");

    /// <summary>Makes one.</summary>
    /// <param name="name">What it is called in /proc.</param>
    /// <returns>The file, the caller's to dispose.</returns>
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
