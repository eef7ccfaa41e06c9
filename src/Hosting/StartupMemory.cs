using KadaluFsd.Linux;

namespace KadaluFsd.Hosting;

/// <summary>Memory that only starting needed.</summary>
internal static class StartupMemory
{
    /// <summary>
    /// Gives it back to the system: a daemon that is idle for years would keep it until the next collection, which may never
    /// come. Takes a few milliseconds; to be called once clients can be served.
    /// </summary>
    internal static void Release()
    {
        // Finding it leaves objects behind, and a collection runs through tables of the program that nothing else needs.
        var image = ProgramImage.Find();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        image.Release();
    }
}
