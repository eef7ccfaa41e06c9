using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>What a process does to go into the background.</summary>
public static class ProcessSession
{
    private const int StandardStreams = 3;

    /// <summary>
    /// Makes this process the leader of a session without a terminal: setsid(2). Nothing happens where it is one already.
    /// </summary>
    public static void Lead() => _ = LibC.setsid();

    /// <summary>Puts /dev/null in the place of standard input, output and error.</summary>
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
