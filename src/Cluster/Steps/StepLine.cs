using System.Text.Json.Serialization;

namespace KadaluFsd.Cluster.Steps;

/// <summary>A line of what a step says: progress, and at last how it ended.</summary>
/// <param name="Said">Progress, for people.</param>
/// <param name="Done">It is done.</param>
/// <param name="Failed">It is not done.</param>
public sealed record StepLine(string? Said = null, StepResult? Done = null, StepFailure? Failed = null);

/// <summary>A step that is done.</summary>
/// <param name="Revision">The revision of the pool on this node; 0 where it has none.</param>
/// <param name="Digest">The digest of its definition; null where it has none.</param>
/// <param name="Restarts">A check: whether what was checked restarts units here.</param>
public sealed record StepResult(int Revision, string? Digest = null, bool Restarts = false);

/// <summary>A step that is not done.</summary>
/// <param name="Code">The exit code that a command with this reason has.</param>
/// <param name="Reason">The reason, for people.</param>
/// <param name="IsBusy">
/// Whether nothing was tried, since earlier steps of the pool have not come to their end on this node: it counts as away.
/// </param>
public sealed record StepFailure(int Code, string Reason, bool IsBusy = false);

/// <summary>How steps are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, AllowDuplicateProperties = false,
    AllowOutOfOrderMetadataProperties = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(NodeStep))]
[JsonSerializable(typeof(StepLine))]
public sealed partial class StepJson : JsonSerializerContext;
