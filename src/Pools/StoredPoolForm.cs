using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Volgen.Json;

namespace KadaluFsd.Pools;

/// <summary>What stands in a stored pool's file beside the pool itself.</summary>
internal sealed record StoredPoolForm
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Digest { get; init; }

    public LocalForm? Local { get; init; }
}

/// <summary>What is of this node only.</summary>
internal sealed record LocalForm
{
    public string? State { get; init; }

    public bool? Changing { get; init; }

    public bool? Restarting { get; init; }

    public bool? Drained { get; init; }

    public string[]? MadeDirectories { get; init; }

    public bool? Imported { get; init; }

    public string? Former { get; init; }

    public SortedDictionary<string, string>? Discarded { get; init; }

    public Dictionary<string, JsonElement>? Rejoining { get; init; }

    public Guid? Replacement { get; init; }
}

/// <summary>How it is read and written: as the pool is.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false, MaxDepth = 16,
    Converters = [typeof(TextConverter), typeof(TruthConverter)])]
[JsonSerializable(typeof(StoredPoolForm))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
internal sealed partial class StoredPoolJson : JsonSerializerContext;
