using KadaluFsd.Linux;

namespace KadaluFsd.Hosting;

/// <summary>
/// Memory that a rare step has needed: an idle daemon would keep it until the next collection, which may never come. Returning it
/// to the system takes a few milliseconds.
/// </summary>
public static class ProcessMemory
{
    /// <summary>Returns what only the start needed. To be called when clients can be served.</summary>
    internal static void ReleaseStart()
    {
        // Finding the pages leaves objects behind, so it comes before the collection. The collection touches tables of the
        // program that nothing else needs, so the pages are released after it.
        var image = ProgramImage.Find();
        Release();
        image.Release();
    }

    /// <summary>Returns what is garbage by now.</summary>
    public static void Release() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
