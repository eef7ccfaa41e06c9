using Mono.Unix.Native;

namespace KadaluFsd.Fsd.Unit;

/// <summary>
/// What a tie-breaker holds: one file for each pool, at the top of its directory, with an extended attribute for each data unit. One that is
/// not zero says that the unit missed writes and is not to be believed until it has been healed (cluster/replicate, afr-common.c).
/// </summary>
internal static class TieBreakerMarks
{
    private const string Prefix = "trusted.afr.";
    private const int MaxValue = 64;

    /// <summary>Counts the units that are not to be believed.</summary>
    /// <param name="directory">The tie-breaker's directory.</param>
    /// <returns>How many; 0 where the directory cannot be read.</returns>
    internal static long Count(string directory)
    {
        try
        {
            return Directory.EnumerateFiles(directory, Prefix + "*").Sum(CountOf);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static long CountOf(string file)
    {
        if (Syscall.listxattr(file, out string[] names) < 0)
        {
            return 0;
        }

        byte[] value = new byte[MaxValue];
        return names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Count(name => Syscall.getxattr(file, name, value, MaxValue) is > 0 and var length && value.AsSpan(0, (int)length).ContainsAnyExcept((byte)0));
    }
}
