namespace KadaluFsd.Native;

/// <summary>Arrays that libkfsd fills in.</summary>
internal static class NativeArray
{
    /// <summary>A function of libkfsd that fills in as many elements as there are and fit.</summary>
    /// <param name="elements">The array; null to get only the count.</param>
    /// <param name="capacity">The number of elements that fit.</param>
    /// <returns>The number of elements there are; negative for an error.</returns>
    internal unsafe delegate int Fill<T>(T* elements, int capacity)
        where T : unmanaged;

    /// <summary>Gets the count, then the elements; those that are added in between are left out.</summary>
    /// <exception cref="GraphException">It failed.</exception>
    internal static unsafe T[] Collect<T>(Fill<T> fill)
        where T : unmanaged
    {
        int count = NativeText.Check(fill(null, 0));
        var elements = new T[count];
        fixed (T* first = elements)
        {
            count = Math.Min(count, NativeText.Check(fill(first, count)));
        }

        // Copied only if there are fewer by now.
        Array.Resize(ref elements, count);
        return elements;
    }
}
