using System.Text.Json.Serialization;
using KadaluFsd.Pools;

namespace KadaluFsd.Kadalu.Output;

/// <summary>How programs read what clients are given.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Serialization,
    WriteIndented = true)]
[JsonSerializable(typeof(ClientLines))]
internal sealed partial class ClientLinesJson : JsonSerializerContext;
