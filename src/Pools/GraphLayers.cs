using KadaluFsd.Volgen;

namespace KadaluFsd.Pools;

/// <summary>The layers of a graph: what a running process cannot change, and a client changes by going over to another graph.</summary>
internal static class GraphLayers
{
    /// <summary>Whether two volfiles have other layers, by name and type.</summary>
    internal static bool Differ(string before, string after) => !LayersOf(before).SequenceEqual(LayersOf(after));

    private static IEnumerable<string> LayersOf(string text) =>
        VolfileParser.Parse(text).Volumes.Select(volume => $"{volume.Name} {volume.Type}");
}
