using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Volgen.Json;

namespace KadaluFsd.Volgen.Pools;

/// <summary>A pool as it stands in JSON, in the form of Kadalu's volgen; see <see cref="PoolDocument"/>.</summary>
internal sealed record PoolForm
{
    public string? Name { get; init; }

    public string? Id { get; init; }

    public int? Port { get; init; }

    public int? Revision { get; init; }

    public LayersForm? Layers { get; init; }

    public GroupForm?[]? DistributeGroups { get; init; }

    public UnitForm? Tiebreaker { get; init; }

    public SortedDictionary<string, string>? Options { get; init; }

    public CredentialsForm? Auth { get; init; }
}

/// <summary>What a pool's layers are called.</summary>
internal sealed record LayersForm
{
    public string? Name { get; init; }

    public bool? Distribute { get; init; }

    public int? NextUnit { get; init; }

    public int? NextGroup { get; init; }
}

/// <summary>A group of units. Kadalu's samples leave the type out where the counts tell.</summary>
internal sealed record GroupForm
{
    public int? Number { get; init; }

    public string? Type { get; init; }

    public int? ReplicaCount { get; init; }

    public int? ArbiterCount { get; init; }

    public int? DisperseCount { get; init; }

    public int? RedundancyCount { get; init; }

    public UnitForm?[]? StorageUnits { get; init; }
}

/// <summary>A storage unit.</summary>
internal sealed record UnitForm
{
    public int? Number { get; init; }

    public string? Path { get; init; }

    public int? Port { get; init; }

    [JsonConverter(typeof(NodeConverter))]
    public NodeForm? Node { get; init; }

    public string? KeyNode { get; init; }
}

/// <summary>A machine.</summary>
internal sealed record NodeForm
{
    public string? Name { get; init; }

    public string? Id { get; init; }
}

/// <summary>What a pool's units let its clients in by.</summary>
internal sealed record CredentialsForm
{
    public string? Username { get; init; }

    public string? Password { get; init; }
}

/// <summary>
/// How forms are read and written. Comments, and commas behind the last member, are no mistakes. What is not known is left alone.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false, MaxDepth = 16,
    Converters = [typeof(TextConverter), typeof(WholeNumberConverter), typeof(TruthConverter)])]
[JsonSerializable(typeof(PoolForm))]
internal sealed partial class PoolFormJson : JsonSerializerContext;
