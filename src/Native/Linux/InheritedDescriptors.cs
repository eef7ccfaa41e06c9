using System.Globalization;
using Tmds.Linux;

namespace KadaluFsd.Native.Linux;

/// <summary>Descriptors that a careless parent left open for this process.</summary>
/// <remarks>
/// Kadalu's manager leaks its listening socket into the units it starts; as long as one lives, the manager's port has a listener that
/// nobody serves.
/// </remarks>
public static class InheritedDescriptors
{
    private const int FirstAfterStandard = 3;

    /// <summary>
    /// Closes every inherited descriptor but standard input, output and error, and those systemd passes. To be called first of all: what
    /// survived exec(2) has no close-on-exec flag, which the runtime sets on all of its own.
    /// </summary>
    /// <param name="keep">How many descriptors from 3 on are meant for this process (systemd's LISTEN_FDS).</param>
    /// <returns>How many were closed.</returns>
    public static int Close(int keep)
    {
        int closed = 0;
        foreach (string entry in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int fd) && fd >= FirstAfterStandard + keep &&
                LibC.fcntl(fd, LibC.F_GETFD) is int flags and >= 0 && (flags & LibC.FD_CLOEXEC) == 0)
            {
                closed += LibC.close(fd) == 0 ? 1 : 0;
            }
        }

        return closed;
    }

    /// <summary>Keeps a descriptor that is meant for this process from the processes that it starts.</summary>
    /// <param name="fd">The descriptor.</param>
    public static void KeepFromChildren(int fd) => _ = LibC.fcntl(fd, LibC.F_SETFD, LibC.FD_CLOEXEC);
}
