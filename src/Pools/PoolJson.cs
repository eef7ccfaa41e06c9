using System.Text.Json.Serialization;

namespace KadaluFsd.Pools;

/// <summary>JSON output about pools.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PoolStatus))]
public sealed partial class PoolJson : JsonSerializerContext;
