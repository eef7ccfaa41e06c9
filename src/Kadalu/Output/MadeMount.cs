using System.Text.Json.Serialization;

namespace KadaluFsd.Kadalu.Output;

/// <summary>A mount that was made.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Subdirectory">The directory of it that is mounted; empty for all of the pool.</param>
/// <param name="Directory">Where.</param>
/// <param name="Servers">Where its volfile is fetched.</param>
/// <param name="Port">Their port.</param>
internal sealed record MadeMount(string Pool, string Subdirectory, string Directory, string[] Servers, int Port);

/// <summary>How programs read it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Serialization,
    WriteIndented = true)]
[JsonSerializable(typeof(MadeMount))]
internal sealed partial class MadeMountJson : JsonSerializerContext;
