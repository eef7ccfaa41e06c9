using System.Globalization;
using System.Text;

namespace KadaluFsd.Control;

/// <summary>
/// Figures in Prometheus's text format, version 0.0.4. Written here because a client library brings an HTTP client and regular
/// expressions along: two megabytes of every unit's memory for what follows.
/// </summary>
public sealed class MetricsText
{
    /// <summary>The format's media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Adds what every process tells of itself.</summary>
    /// <param name="version">This program's version.</param>
    /// <param name="glusterFsVersion">The translators'.</param>
    /// <param name="uptimeSeconds">For how long it has served.</param>
    /// <param name="starts">How often it was started.</param>
    /// <param name="residentBytes">Its memory in RAM.</param>
    /// <param name="nativeBytes">Memory that native code has allocated.</param>
    /// <param name="suppressedLogLines">Suppressed log lines.</param>
    public void AddProcess(
        string version, string glusterFsVersion, double uptimeSeconds, int starts, long residentBytes, long nativeBytes,
        long suppressedLogLines)
    {
        Gauge("info", "Versions; always 1.", ($"version=\"{version}\",glusterfs_version=\"{glusterFsVersion}\"", 1));
        Gauge("uptime_seconds", "For how long the process has been ready.", ("", uptimeSeconds));
        Counter("starts_total", "How often the process was started since its history began.", ("", starts));
        Gauge("resident_memory_bytes", "Memory of the process in RAM.", ("", residentBytes));
        Gauge("managed_memory_bytes", "Memory of the managed heap.", ("", GC.GetTotalMemory(forceFullCollection: false)));
        Gauge("native_memory_bytes", "Memory that native code has allocated.", ("", nativeBytes));
        Counter("log_lines_suppressed_total", "Log lines that were suppressed because one call site wrote too many.",
            ("", suppressedLogLines));
    }

    /// <summary>Adds a figure that goes up and down.</summary>
    /// <param name="name">Its name, without the program's.</param>
    /// <param name="help">What it is.</param>
    /// <param name="samples">Its values, each with its labels as they are written.</param>
    public void Gauge(string name, string help, params ReadOnlySpan<(string Labels, double Value)> samples) =>
        Family("gauge", name, help, WithoutEnding(samples));

    /// <summary>Adds a figure that only goes up.</summary>
    /// <param name="name">Its name, without the program's.</param>
    /// <param name="help">What it is.</param>
    /// <param name="samples">Its values, each with its labels as they are written.</param>
    public void Counter(string name, string help, params ReadOnlySpan<(string Labels, double Value)> samples) =>
        Family("counter", name, help, WithoutEnding(samples));

    /// <summary>Adds a figure with samples of several names. One without samples is left out.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="name">Its name, without the program's.</param>
    /// <param name="help">What it is.</param>
    /// <param name="samples">Its values, each with the ending of its name and its labels.</param>
    public void Family(string type, string name, string help, (string Ending, string Labels, double Value)[] samples)
    {
        if (samples.Length == 0)
        {
            return;
        }

        _text.Append(CultureInfo.InvariantCulture, $"# HELP kadalu_fsd_{name} {help}\n# TYPE kadalu_fsd_{name} {type}\n");
        foreach ((string ending, string labels, double value) in samples)
        {
            _text.Append(
                CultureInfo.InvariantCulture, $"kadalu_fsd_{name}{ending}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {value}\n");
        }
    }

    /// <summary>The label of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>It, as it is written.</returns>
    public static string Kind(string kind) => $"kind=\"{kind}\"";

    /// <summary>Makes a text fit to stand in a label.</summary>
    /// <param name="text">The text.</param>
    /// <returns>It, escaped.</returns>
    public static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

#pragma warning disable CA1308 // Prometheus's names are in lower case.
    /// <summary>A word as Prometheus has it.</summary>
    /// <param name="text">The word.</param>
    /// <returns>It, in lower case.</returns>
    public static string Lower(object text) => text.ToString()!.ToLowerInvariant();
#pragma warning restore CA1308

    private static (string, string, double)[] WithoutEnding(ReadOnlySpan<(string Labels, double Value)> samples)
    {
        var all = new (string, string, double)[samples.Length];
        for (int index = 0; index < all.Length; index++)
        {
            all[index] = ("", samples[index].Labels, samples[index].Value);
        }

        return all;
    }
}
