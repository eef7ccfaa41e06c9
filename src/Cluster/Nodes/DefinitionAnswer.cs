using System.Text.Json;

namespace KadaluFsd.Cluster.Nodes;

/// <summary>A pool as the manager, or another node of it, knows it: for the nodes of its units alone, since it has its password.</summary>
/// <param name="State"><c>creating</c>, <c>stopped</c>, <c>started</c> or <c>deleting</c>.</param>
/// <param name="Definition">Its definition, in the form of its document.</param>
/// <param name="Generation">The number of the latest task of the pool that who answers knows of; 0 for none.</param>
public sealed record DefinitionAnswer(string State, JsonElement Definition, long Generation = 0);
