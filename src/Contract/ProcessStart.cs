using System.Text.Json;
using System.Text.Json.Serialization;

namespace KadaluFsd.Contract;

/// <summary>
/// The options that a process of a pool is started with: the JSON object in the file of its <c>--config</c>. Each member is the
/// option of the same name, <see cref="PidFile"/> for example is <c>pid-file</c>; null if it is not given.
/// </summary>
public abstract record ProcessStart
{
    /// <summary>How names of environment variables begin that are options; they win over the file.</summary>
    public const string VariablePrefix = "KADALU_FSD_";

    /// <summary>Path of its volfile.</summary>
    public required string Volfile { get; init; }

    /// <summary>Path of its log.</summary>
    public string? Log { get; init; }

    /// <summary>Path of its pid file.</summary>
    public string? PidFile { get; init; }

    /// <summary>Path of its control socket.</summary>
    public string? Control { get; init; }

    /// <summary>The content of the file: UTF-8, indented.</summary>
    public abstract byte[] ToJson();
}

/// <summary>The options of a storage unit, as <c>kadalu-fsd unit</c> reads them.</summary>
public sealed record UnitStart : ProcessStart
{
    /// <summary>Its TCP port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>Directory with the volfiles that clients may fetch.</summary>
    public string? Volfiles { get; init; }

    /// <summary>TCP port for the volfiles of every pool of the node.</summary>
    public int? NodePort { get; init; }

    /// <summary>TCP port for its pool's volfiles.</summary>
    public int? PoolPort { get; init; }

    /// <summary>Any other options by name, as text; for units that people install.</summary>
    [JsonExtensionData]
    public IDictionary<string, object>? Others { get; set; }

    /// <inheritdoc/>
    public override byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ProcessStartJson.Default.UnitStart);
}

/// <summary>The options of a self-heal daemon, as <c>kadalu-fsd heal-daemon</c> reads them.</summary>
public sealed record HealDaemonStart : ProcessStart
{
    /// <summary>The name of its pool.</summary>
    public required string Pool { get; init; }

    /// <inheritdoc/>
    public override byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ProcessStartJson.Default.HealDaemonStart);
}

/// <summary>How <see cref="ProcessStart"/> is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UnitStart))]
[JsonSerializable(typeof(HealDaemonStart))]
[JsonSerializable(typeof(string))]
internal sealed partial class ProcessStartJson : JsonSerializerContext;
