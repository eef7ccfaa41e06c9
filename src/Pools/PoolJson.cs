using System.Text.Json.Serialization;
using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>JSON output about pools.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PoolStatus))]
[JsonSerializable(typeof(PoolStatus[]))]
[JsonSerializable(typeof(HealList[]))]
[JsonSerializable(typeof(HealStart[]))]
[JsonSerializable(typeof(HealCrawl[]))]
[JsonSerializable(typeof(CopyReport))]
public sealed partial class PoolJson : JsonSerializerContext;
