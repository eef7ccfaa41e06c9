using KadaluFsd.Volgen;

namespace KadaluFsd.Pools;

/// <summary>The layers of a graph: what a running process cannot change, and a client changes by going over to another graph.</summary>
internal static class GraphLayers
{
    /// <summary>Whether two volfiles have other layers, by name and type.</summary>
    internal static bool Differ(string before, string after) => !LayersOf(before).SequenceEqual(LayersOf(after));

    /// <summary>
    /// Whether clients with one volfile reach a unit by another name than those with the other one: protocol/client does not change that while it runs.
    /// </summary>
    internal static bool ConnectElsewhere(string before, string after)
    {
        Dictionary<string, string?> hosts = HostsOf(before);
        return HostsOf(after).Any(unit => hosts.TryGetValue(unit.Key, out string? host) && host != unit.Value);
    }

    private static Dictionary<string, string?> HostsOf(string text) =>
        VolfileParser.Parse(text).OfType(HealVolfile.ClientType)
            .ToDictionary(client => client.Name, client => client["remote-host"]);

    private static IEnumerable<string> LayersOf(string text) =>
        VolfileParser.Parse(text).Volumes.Select(volume => $"{volume.Name} {volume.Type}");
}
