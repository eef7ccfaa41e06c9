using KadaluFsd.Linux;

namespace KadaluFsd.Storage;

/// <summary>
/// What a tie-breaker holds: one file for each pool, in the root of its directory, with an extended attribute for each data unit.
/// One that is not zero says that the unit missed writes and is stale until it has been healed (cluster/replicate, afr-common.c).
/// </summary>
public static class TieBreakerMarks
{
    private const string Prefix = "trusted.afr.";
    private const int MaxValue = 64;

    /// <summary>Counts the stale units.</summary>
    /// <returns>How many; 0 where the directory cannot be read.</returns>
    public static long Count(string directory)
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
        _ = ExtendedAttribute.List(file, out string[] names);
        byte[] value = new byte[MaxValue];
        return names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Count(name =>
                ExtendedAttribute.Read(file, name, value, out int length) == Errno.None &&
                value.AsSpan(0, length).ContainsAnyExcept((byte)0));
    }
}
