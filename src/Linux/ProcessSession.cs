using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>Calls of a process that goes into the background.</summary>
public static class ProcessSession
{
    private const int StandardStreams = 3;

    /// <summary>
    /// Makes this process the leader of a session without a terminal: setsid(2). Does nothing if it is one already.
    /// </summary>
    public static void Lead() => _ = LibC.setsid();

    /// <summary>Redirects standard input, output and error to /dev/null.</summary>
    public static unsafe void CloseStandardStreams()
    {
        int fd;
        fixed (byte* name = NativePath.ToBytes("/dev/null"))
        {
            fd = LibC.open(name, LibC.O_RDWR);
        }

        if (fd < 0)
        {
            return;
        }

        for (int stream = 0; stream < StandardStreams; stream++)
        {
            _ = LibC.dup2(fd, stream);
        }

        if (fd >= StandardStreams)
        {
            _ = LibC.close(fd);
        }
    }
}
