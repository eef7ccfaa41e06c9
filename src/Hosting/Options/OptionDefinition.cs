using System.Globalization;
using System.Net;

namespace KadaluFsd.Hosting.Options;

/// <summary>The commands that run until they are told to stop.</summary>
[Flags]
public enum DaemonCommands
{
    /// <summary><c>kadalu-fsd unit</c>.</summary>
    Unit = 1,

    /// <summary><c>kadalu-fsd gateway</c>.</summary>
    Gateway = 2,

    /// <summary><c>kadalu-fsd heal-daemon</c>.</summary>
    HealDaemon = 4,

    /// <summary>Those that serve volfiles.</summary>
    Volfiles = Unit | Gateway,

    /// <summary>Those with a graph.</summary>
    Graph = Unit | HealDaemon,

    /// <summary>All.</summary>
    All = Unit | Gateway | HealDaemon,
}

/// <summary>
/// One option, which may come from a flag, an environment variable or a JSON file, in that order of precedence.
/// </summary>
/// <param name="Name">Its name as a flag and in JSON, such as <c>log-level</c>.</param>
/// <param name="Placeholder">What stands for its value in the help; empty for a switch.</param>
/// <param name="Description">What it does, in one sentence, with unit and default.</param>
/// <param name="Commands">Which commands have it.</param>
/// <param name="Apply">Puts a value, as text, into options; throws <see cref="FormatException"/> with what is allowed
/// instead.</param>
public sealed record OptionDefinition(
    string Name, string Placeholder, string Description, DaemonCommands Commands, Func<DaemonOptions, string,
    DaemonOptions> Apply)
{
    private const string EnvironmentPrefix = "KADALU_FSD_";

    /// <summary>Whether the option is a switch: on when its flag is given.</summary>
    public bool IsSwitch => Placeholder.Length == 0;

    /// <summary>The option's flag.</summary>
    public string Flag => "--" + Name;

    /// <summary>The option's environment variable, such as <c>KADALU_FSD_LOG_LEVEL</c>.</summary>
    internal string Variable => EnvironmentPrefix + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>Reads a whole number.</summary>
    /// <param name="text">The value.</param>
    /// <param name="low">Lowest value allowed.</param>
    /// <param name="high">Highest value allowed.</param>
    /// <returns>The number.</returns>
    internal static int Number(string text, int low, int high) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= low && value <= high
            ? value
            : throw new FormatException($"a whole number from {low} to {high}");

    /// <summary>Reads a time in seconds.</summary>
    /// <param name="text">The value, with decimals if wanted.</param>
    /// <returns>The time, 0.1 seconds to an hour.</returns>
    internal static TimeSpan Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) &&
        value is >= 0.1 and <= 3600
            ? TimeSpan.FromSeconds(value)
            : throw new FormatException("seconds, from 0.1 to 3600");

    /// <summary>Reads a switch.</summary>
    /// <param name="text">The value.</param>
    /// <returns>Whether it is on.</returns>
    internal static bool Switch(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" or "1" => true,
        "FALSE" or "NO" or "OFF" or "0" => false,
        _ => throw new FormatException("true or false"),
    };

    /// <summary>Reads an address with a port.</summary>
    /// <param name="text">The value.</param>
    /// <returns>The address.</returns>
    internal static IPEndPoint EndPoint(string text) =>
        IPEndPoint.TryParse(text, out IPEndPoint? value) && value.Port > 0
            ? value
            : throw new FormatException("ADDRESS:PORT, such as 127.0.0.1:24007 or [::1]:24007");

    /// <summary>Reads a path.</summary>
    /// <param name="text">The value.</param>
    /// <returns>The path, absolute.</returns>
    public static string FullPath(string text) =>
        text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal)
            ? Path.GetFullPath(text)
            : throw new FormatException("a path");
}
