namespace KadaluFsd.Native;

/// <summary>Arrays that libkfsd fills in.</summary>
internal static class NativeArray
{
    /// <summary>A function of libkfsd that fills in as many elements as there are and fit.</summary>
    /// <param name="elements">The array; null to be told the count only.</param>
    /// <param name="capacity">How many fit.</param>
    /// <returns>How many there are; negative for an error.</returns>
    internal unsafe delegate int Fill<T>(T* elements, int capacity)
        where T : unmanaged;

    /// <summary>Asks how many there are, then for all of them; more that come in between are for the next time.</summary>
    /// <exception cref="GraphException">It failed.</exception>
    internal static unsafe T[] Collect<T>(Fill<T> fill)
        where T : unmanaged
    {
        int count = NativeText.Check(fill(null, 0));
        var elements = new T[count];
        fixed (T* first = elements)
        {
            return elements[..Math.Min(count, NativeText.Check(fill(first, count)))];
        }
    }
}
