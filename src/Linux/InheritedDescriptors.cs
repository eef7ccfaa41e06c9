using System.Globalization;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>Descriptors that the parent process left open by mistake.</summary>
/// <remarks>
/// Kadalu's manager leaks its listening socket into the units it starts; as long as one of them runs, the manager's port has a
/// listener that nobody serves.
/// </remarks>
public static class InheritedDescriptors
{
    private const int FirstAfterStandard = 3;

    // Enough for some hundred entries at a time.
    private const int BufferSize = 8192;

    // struct linux_dirent64, getdents(2): where the length of an entry is in it, and its name.
    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    /// <summary>How many this process has closed.</summary>
    public static int Closed { get; private set; }

    /// <summary>
    /// Closes every inherited descriptor but standard input, output and error, and those that systemd passes. Must be called
    /// first: what survived exec(2) has no close-on-exec flag, which the runtime sets on all of its own.
    /// </summary>
    /// <param name="keep">How many descriptors from 3 on are meant for this process (systemd's LISTEN_FDS).</param>
    public static unsafe void Close(int keep)
    {
        int directory = FileCalls.OpenDirectory("/proc/self/fd");

        // Read here, not by .NET, whose enumeration would be the first thing that a start waits for.
        byte* buffer = stackalloc byte[BufferSize];
        while (Libc.GetDirectoryEntries(directory, buffer, BufferSize) is > 0 and nint length)
        {
            for (var entries = new ReadOnlySpan<byte>(buffer, (int)length); !entries.IsEmpty; entries = entries[
                BitConverter.ToUInt16(entries[LengthOffset..])..])
            {
                Closed += CloseIfInherited(entries[NameOffset..], FirstAfterStandard + keep) ? 1 : 0;
            }
        }

        _ = LibC.close(directory);
    }

    /// <summary>Keeps a descriptor that is meant for this process from the processes that it starts.</summary>
    public static void KeepFromChildren(int fd) => _ = LibC.fcntl(fd, LibC.F_SETFD, LibC.FD_CLOEXEC);

    // The directory's own descriptor has the flag.
    private static bool CloseIfInherited(ReadOnlySpan<byte> name, int first) =>
        int.TryParse(name[..name.IndexOf((byte)0)], NumberStyles.None, CultureInfo.InvariantCulture, out int fd) && fd >= first &&
        LibC.fcntl(fd, LibC.F_GETFD) is int flags and >= 0 && (flags & LibC.FD_CLOEXEC) == 0 && LibC.close(fd) == 0;
}
