using System.Text.Json.Serialization;

namespace KadaluFsd.Fsd.Pools;

/// <summary>What is told of pools as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PoolStatus[]))]
[JsonSerializable(typeof(HealList[]))]
internal sealed partial class PoolJson : JsonSerializerContext;
