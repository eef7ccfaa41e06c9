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
    // Settings that are members.
    private const string LogName = "log";
    private const string BindAddressName = "bind-address";

    /// <summary>Its TCP port, 1 to 65535; null for its volfile's.</summary>
    public required int? Port { get; init; }

    /// <summary>The address, or a name for it, that its ports are on; null for its volfile's, or else every address.</summary>
    public string? BindAddress { get; init; }

    /// <summary>Directory with the volfiles that clients may fetch.</summary>
    public string? Volfiles { get; init; }

    /// <summary>TCP port for the volfiles of every pool of the node.</summary>
    public int? NodePort { get; init; }

    /// <summary>TCP port for its pool's volfiles.</summary>
    public int? PoolPort { get; init; }

    /// <summary>Any other options by name, as text: settings of the pool, or what people install a unit with.</summary>
    [JsonExtensionData]
    public IDictionary<string, object>? Others { get; set; }

    /// <summary>Adds settings.</summary>
    /// <param name="settings">Options by name, as text; some are members here.</param>
    public UnitStart With(IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var others = settings.Where(setting => setting.Key is not (LogName or BindAddressName))
            .ToDictionary(setting => setting.Key, object (setting) => setting.Value);
        return this with
        {
            Log = settings.GetValueOrDefault(LogName) ?? Log,
            BindAddress = settings.GetValueOrDefault(BindAddressName) ?? BindAddress,
            Others = others.Count == 0 ? Others : others,
        };
    }

    /// <summary>Finds the settings that a file of earlier options has otherwise.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Their names: of <see cref="Others"/>, and of members that a pool may set; empty where the file cannot be
    /// read.</returns>
    public string[] FindChanges(string file)
    {
        try
        {
            SortedDictionary<string, string> now = Settings();
            SortedDictionary<string, string> earlier =
                JsonSerializer.Deserialize(File.ReadAllBytes(file), ProcessStartJson.Default.UnitStart)?.Settings() ?? now;
            return [.. now.Keys.Union(earlier.Keys)
                .Where(name => now.GetValueOrDefault(name) != earlier.GetValueOrDefault(name))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // Nothing is known of the process that runs.
            return [];
        }
    }

    private SortedDictionary<string, string> Settings()
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, object value) in Others ?? new Dictionary<string, object>())
        {
            settings[name] = value.ToString()!;
        }

        foreach ((string name, string? value) in new[] { (LogName, Log), (BindAddressName, BindAddress) })
        {
            if (value is not null)
            {
                settings[name] = value;
            }
        }

        return settings;
    }

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
