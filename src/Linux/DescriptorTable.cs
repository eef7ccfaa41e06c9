using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>File descriptors of this process: number and limit.</summary>
public static class DescriptorTable
{
    // The limit of a process without one; enough for any number of clients, and the most that systemd gives.
    private const ulong Most = 1024 * 1024;

    /// <summary>Raises the limit of descriptors as far as the process may: getrlimit(2), RLIMIT_NOFILE.</summary>
    /// <returns>The limit, at most 1,048,576. Where it cannot be asked, 1024.</returns>
    public static unsafe int RaiseLimit()
    {
        Libc.ResourceLimit limit;
        if (Libc.GetResourceLimit(Libc.ResourceDescriptors, &limit) != 0)
        {
            return 1024;
        }

        if (limit.Soft < limit.Hard && limit.Soft < Most)
        {
            var wanted = new Libc.ResourceLimit { Soft = Math.Min(limit.Hard, Most), Hard = limit.Hard };
            limit = Libc.SetResourceLimit(Libc.ResourceDescriptors, &wanted) == 0 ? wanted : limit;
        }

        return (int)Math.Min(limit.Soft, Most);
    }

    /// <summary>Finds the number that the next descriptor would get: the kernel gives the lowest that is free.</summary>
    /// <param name="lowest">The number; -1 on failure.</param>
    /// <returns>open(2)'s reason why there is none, such as EMFILE, or none.</returns>
    public static unsafe Errno FindLowestFree(out int lowest)
    {
        fixed (byte* root = "/\0"u8)
        {
            lowest = LibC.open(root, LibC.O_PATH | LibC.O_CLOEXEC);
        }

        Errno error = SystemCall.ErrorOf(lowest);
        if (error == Errno.None)
        {
            _ = LibC.close(lowest);
        }

        return error;
    }

    /// <summary>Counts the descriptors in use. Takes as long as there are many.</summary>
    /// <returns>How many; 0 where that cannot be asked.</returns>
    public static int Count()
    {
        try
        {
            // One of them is the directory that lists them.
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
