using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen;

namespace KadaluFsd.Hosting.Options;

/// <summary>
/// How people write a value, and how the configuration binder reads it: seconds become a <see cref="TimeSpan"/>, <c>yes</c>
/// becomes <c>true</c>, a path becomes absolute. Limits are checked by the options class that the value is for.
/// </summary>
/// <param name="Expected">What is expected, in words; null where the attribute on its property says it.</param>
/// <param name="Translate">Gives the text for the binder; throws <see cref="FormatException"/> with what is expected.</param>
public sealed record OptionForm(string? Expected, Func<string, string> Translate)
{
    private const string PathExpected = "a path";

    /// <summary>A text that is checked where it is bound.</summary>
    internal static OptionForm Text { get; } = new(null, text => text);

    /// <summary>A time in seconds, with decimals if wanted.</summary>
    internal static OptionForm Seconds { get; } = Of("seconds, from 0.1 to 3600", TranslateSeconds);

    /// <summary>The same, or 0.</summary>
    internal static OptionForm SecondsOrNone { get; } = Of("0, or seconds from 0.1 to 3600", TranslateSeconds);

    /// <summary>A switch.</summary>
    internal static OptionForm Switch { get; } = Of("true or false", text => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" or "1" => bool.TrueString,
        "FALSE" or "NO" or "OFF" or "0" => bool.FalseString,
        _ => null,
    });

    /// <summary>A path of a file or a directory.</summary>
    internal static OptionForm FullPath { get; } = Of(PathExpected, TranslatePath) with { IsPath = true };

    /// <summary>A path of a file, or <c>-</c>.</summary>
    internal static OptionForm LogPath { get; } =
        Of(PathExpected, text => text == "-" ? text : TranslatePath(text)) with { IsPath = true };

    /// <summary>A path of a unix socket; a short name is found where it is too long for an address.</summary>
    internal static OptionForm SocketPath { get; } =
        Of(PathExpected, text => TranslatePath(text) is { } path ? LocalSocketPath.For(path).Path : null) with { IsPath = true };

    /// <summary>A level of GlusterFS's logs.</summary>
    internal static OptionForm LogLevel { get; } = Of(
        "CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG or TRACE",
        text => Enum.GetNames<GlusterLogLevel>()
            .FirstOrDefault(level => string.Equals(level, text, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The name of a pool.</summary>
    internal static OptionForm PoolName { get; } = Of(
        "a pool's name: letters, digits, \"_\" and \"-\"",
        text => VolfileKey.TryNormalise($"shd/{text}", out _) ? text : null);

    /// <summary>Whether the text for the binder is an absolute path, and the same whoever reads it.</summary>
    public bool IsPath { get; private init; }

    /// <summary>A whole number.</summary>
    /// <param name="low">Lowest value allowed, for people to read.</param>
    /// <param name="high">Highest value allowed, likewise.</param>
    /// <returns>The form: digits and nothing else.</returns>
    internal static OptionForm Number(int low, int high) => Of(
        $"a whole number from {low} to {high}",
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text : null);

    /// <summary>One of a few words.</summary>
    /// <param name="words">The words: members of an enumeration, in small letters.</param>
    /// <returns>The form.</returns>
    internal static OptionForm OneOf(params string[] words) => Of(
        $"{string.Join(", ", words[..^1])} or {words[^1]}", text => words.Contains(text) ? text : null);

    private static OptionForm Of(string expected, Func<string, string?> translate) =>
        new(expected, text => translate(text) ?? throw new FormatException(expected));

    private static string? TranslateSeconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) &&
        value < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(value).ToString("c", CultureInfo.InvariantCulture)
            : null;

    private static string? TranslatePath(string text) =>
        text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal) ? Path.GetFullPath(text) : null;
}
