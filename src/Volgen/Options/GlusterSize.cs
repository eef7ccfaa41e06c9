using System.Globalization;

namespace KadaluFsd.Volgen.Options;

/// <summary>Sizes, percentages and times as GlusterFS reads them (libglusterfs/src/common-utils.c).</summary>
public static class GlusterSize
{
    private static readonly string[] s_units = ["B", "KB", "MB", "GB", "TB", "PB"];

    /// <summary>Reads a size: a number of bytes, or of one of KB, MB, GB, TB, PB, which are powers of 1024.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The size in bytes.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, out double bytes)
    {
        int digits = text.TakeWhile(character => char.IsAsciiDigit(character) || character == '.').Count();
        string unit = text[digits..].ToUpperInvariant();
        int power = unit.Length == 0 ? 0 : Array.FindIndex(s_units, known => known == unit);
        bytes = 0;
        if (power < 0 || !double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            return false;
        }

        bytes = number * Math.Pow(1024, power);
        return true;
    }

    /// <summary>Reads a percentage, with or without its sign.</summary>
    /// <param name="text">The text.</param>
    /// <param name="percentage">The percentage.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParsePercentage(string text, out double percentage) =>
        double.TryParse(text.EndsWith('%') ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percentage);

    /// <summary>Reads a time: seconds, or with one of s, sec, m, min, h, hr, d, days, w behind it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="seconds">The time in seconds.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParseTime(string text, out double seconds)
    {
        int digits = text.TakeWhile(char.IsAsciiDigit).Count();
        double scale = text[digits..] switch
        {
            "" or "s" or "sec" => 1,
            "m" or "min" => 60,
            "h" or "hr" => 3600,
            "d" or "days" => 86_400,
            "w" or "wk" => 604_800,
            _ => 0,
        };
        bool isOne = double.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && scale > 0;
        seconds *= scale;
        return isOne;
    }

    /// <summary>A size for people.</summary>
    /// <param name="bytes">The size in bytes.</param>
    /// <returns>The text, such as <c>64KB</c>.</returns>
    public static string Describe(double bytes)
    {
        int power = 0;
        while (power < s_units.Length - 1 && bytes >= 1024)
        {
            bytes /= 1024;
            power++;
        }

        return $"{bytes.ToString("0.##", CultureInfo.InvariantCulture)}{(power == 0 ? "" : s_units[power])}";
    }
}
