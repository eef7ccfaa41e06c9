using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Nodes;

/// <summary>What a node says of itself: everybody is shown it, and its agent is asked there.</summary>
internal static class NodeClaims
{
    private const int MaxVersion = 200;

    /// <summary>Finds what cannot be true.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="port">The port of its agent.</param>
    /// <param name="version">Its version of this program.</param>
    /// <returns>What is wrong; null for nothing.</returns>
    internal static string? FindProblem(string name, int port, string version) =>
        !PoolRules.IsHost(name) ? $"\"{Excerpt.Of(name)}\" is no name of a node"
        : port is <= 0 or > ushort.MaxValue ? $"{port} is no port of an agent"
        : version.Length > MaxVersion || version.Any(char.IsControl) ? $"\"{Excerpt.Of(version)}\" is no version" : null;
}
