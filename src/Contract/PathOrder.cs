namespace KadaluFsd.Contract;

/// <summary>
/// The order in which names of a pool are gone through, the same on all nodes: a directory before what is in it, names by their characters.
/// </summary>
public static class PathOrder
{
    /// <summary>That of paths, which begin with a slash.</summary>
    public static IComparer<string> OfPaths { get; } =
        Comparer<string>.Create((one, other) => Compare(NamesOf(one), NamesOf(other)));

    /// <summary>Compares two paths.</summary>
    /// <param name="one">The names of a path.</param>
    /// <param name="other">Those of another one.</param>
    public static int Compare(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        for (int place = 0; place < Math.Min(one.Count, other.Count); place++)
        {
            if (string.CompareOrdinal(one[place], other[place]) is not 0 and var order)
            {
                return order;
            }
        }

        return one.Count.CompareTo(other.Count);
    }

    private static string[] NamesOf(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
