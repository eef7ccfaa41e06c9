using KadaluFsd.Linux;

namespace KadaluFsd.Hosting;

/// <summary>Memory that only the start needed.</summary>
internal static class StartupMemory
{
    /// <summary>
    /// Returns it to the system: an idle daemon would keep it until the next collection, which may never come. Takes a few
    /// milliseconds; to be called when clients can be served.
    /// </summary>
    internal static void Release()
    {
        // Finding the pages leaves objects behind, so it comes before the collection. The collection touches tables of the
        // program that nothing else needs, so the pages are released after it.
        var image = ProgramImage.Find();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        image.Release();
    }
}
