using System.Text.Json.Serialization;
using KadaluFsd.Contract;

namespace KadaluFsd.Cluster.Questions;

/// <summary>How questions and their answers are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true, AllowDuplicateProperties = false, AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(NodeQuestion))]
[JsonSerializable(typeof(NodeAnswer))]
[JsonSerializable(typeof(NodeHeals))]
[JsonSerializable(typeof(NodeCrawlStart))]
[JsonSerializable(typeof(NodeHealList))]
[JsonSerializable(typeof(GfidPaths))]
[JsonSerializable(typeof(NodeCopies))]
[JsonSerializable(typeof(NodeEntries))]
[JsonSerializable(typeof(NodePieces))]
[JsonSerializable(typeof(HealResolved))]
[JsonSerializable(typeof(CopyReport))]
[JsonSerializable(typeof(VolfileText))]
[JsonSerializable(typeof(NfsNumbers))]
[JsonSerializable(typeof(LibraryVersion))]
[JsonSerializable(typeof(ExportDone))]
[JsonSerializable(typeof(ReturningUnits))]
public sealed partial class QuestionJson : JsonSerializerContext;
