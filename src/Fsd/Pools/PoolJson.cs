using System.Text.Json.Serialization;
using KadaluFsd.Contract;

namespace KadaluFsd.Fsd.Pools;

/// <summary>What is told of pools as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PoolStatus[]))]
[JsonSerializable(typeof(HealList[]))]
[JsonSerializable(typeof(HealStart[]))]
[JsonSerializable(typeof(HealCrawl[]))]
[JsonSerializable(typeof(CopyReport))]
internal sealed partial class PoolJson : JsonSerializerContext;
