using System.Globalization;

namespace KadaluFsd.Volgen.Options;

/// <summary>
/// Numbers, sizes, percentages and times as GlusterFS reads them (libglusterfs/src/common-utils.c); what it would wrap around or
/// cut off is rejected.
/// </summary>
public static class GlusterSize
{
    private static readonly string[] s_units = ["B", "KB", "MB", "GB", "TB", "PB"];

    /// <summary>Reads an integer as strtol(3) does: 0x begins a hexadecimal number, 0 an octal one.</summary>
    /// <returns>Whether it is an integer of 64 bits.</returns>
    public static bool TryParseInteger(string text, out long number)
    {
        ArgumentNullException.ThrowIfNull(text);
        string digits = text.TrimStart('-', '+');
        number = 0;
        if (text.Length - digits.Length > 1)
        {
            return false;
        }

        try
        {
            number = digits switch
            {
                _ when digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) =>
                    checked((long)Convert.ToUInt64(digits[2..], 16)),
                ['0', _, ..] => checked((long)Convert.ToUInt64(digits, 8)),
                _ => long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture),
            };
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentException)
        {
            return false;
        }

        number = text.StartsWith('-') ? -number : number;
        return true;
    }

    /// <summary>
    /// Reads a size: a number of bytes, or of one of KB, MB, GB, TB, PB, which are powers of 1024; less than 2^63 bytes.
    /// </summary>
    /// <param name="bytes">The size in bytes.</param>
    public static bool TryParse(string text, out double bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        int digits = text.TakeWhile(character => char.IsAsciiDigit(character) || character == '.').Count();
        string unit = text[digits..].ToUpperInvariant();
        int power = unit.Length == 0 ? 0 : Array.FindIndex(s_units, known => known == unit);
        bytes = 0;
        if (power < 0 ||
            !double.TryParse(
                text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            return false;
        }

        bytes = number * Math.Pow(1024, power);
        return bytes < long.MaxValue;
    }

    /// <summary>Reads a percentage, with or without its sign.</summary>
    public static bool TryParsePercentage(string text, out double percentage)
    {
        ArgumentNullException.ThrowIfNull(text);
        return double.TryParse(
            text.EndsWith('%') ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percentage);
    }

    /// <summary>Reads a percentage with its sign, or a size in whole bytes.</summary>
    /// <param name="amount">The percentage, or the size in bytes.</param>
    /// <returns>Whether it is one of the two.</returns>
    public static bool TryParsePercentageOrSize(string text, out double amount, out bool isPercentage)
    {
        ArgumentNullException.ThrowIfNull(text);
        isPercentage = text.EndsWith('%');
        int point = text.IndexOf('.', StringComparison.Ordinal);

        // GlusterFS takes the unit for a part of the fraction.
        return isPercentage
            ? TryParsePercentage(text, out amount)
            : TryParse(text, out amount) && (point < 0 || text[(point + 1)..].All(character => character == '0'));
    }

    /// <summary>
    /// Reads a time: seconds, or with one of s, sec, m, min, h, hr, d, days, w behind it. The number is one of
    /// <see cref="TryParseInteger"/>, from 0.
    /// </summary>
    /// <param name="seconds">The time in seconds.</param>
    public static bool TryParseTime(string text, out double seconds)
    {
        ArgumentNullException.ThrowIfNull(text);
        string number = text.TrimEnd(['s', 'e', 'c', 'm', 'i', 'n', 'h', 'r', 'd', 'a', 'y', 'w', 'k']);

        // A letter that may be a hexadecimal digit is one.
        number = number.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? text[..(2 + text.Skip(2).TakeWhile(char.IsAsciiHexDigit).Count())] : number;
        double scale = text[number.Length..] switch
        {
            "" or "s" or "sec" => 1,
            "m" or "min" => 60,
            "h" or "hr" => 3600,
            "d" or "days" => 86_400,
            "w" or "wk" => 604_800,
            _ => 0,
        };
        bool isOne = TryParseInteger(number, out long count) && count >= 0 && scale > 0;
        seconds = count * scale;
        return isOne && seconds < long.MaxValue;
    }

    /// <summary>Formats a size for people.</summary>
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
