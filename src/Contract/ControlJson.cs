using System.Text.Json.Serialization;

namespace KadaluFsd.Contract;

/// <summary>An error.</summary>
/// <param name="Error">The reason, for people.</param>
/// <param name="Code">The exit code of a command that fails for it; null for that of any refusal.</param>
public sealed record ControlError(
    string Error, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Code = null);

/// <summary>Everything that goes over control sockets as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ControlError))]
[JsonSerializable(typeof(UnitStatus))]
[JsonSerializable(typeof(HealDaemonStatus))]
[JsonSerializable(typeof(HealCrawl[]))]
[JsonSerializable(typeof(HealOrder))]
[JsonSerializable(typeof(HealAnswer))]
[JsonSerializable(typeof(MarkOrder))]
[JsonSerializable(typeof(MarkAnswer))]
[JsonSerializable(typeof(CopyReport))]
[JsonSerializable(typeof(ClientReport))]
[JsonSerializable(typeof(PutVolfile))]
[JsonSerializable(typeof(OperationReport))]
[JsonSerializable(typeof(MemoryReport))]
[JsonSerializable(typeof(OptionValue[]))]
[JsonSerializable(typeof(OptionChange))]
[JsonSerializable(typeof(IReadOnlyList<StatedumpSection>))]
[JsonSerializable(typeof(LogSettings))]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(StopAnswer))]
[JsonSerializable(typeof(ServedVolfile[]))]
[JsonSerializable(typeof(ReloadResult))]
public sealed partial class ControlJson : JsonSerializerContext;
