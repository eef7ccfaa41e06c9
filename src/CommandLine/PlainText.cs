using System.Globalization;
using System.Text;

namespace KadaluFsd.CommandLine;

/// <summary>Formats tables and numbers for people.</summary>
public static class PlainText
{
    /// <summary>A table with heads. Cells may hold what clients have chosen: see <see cref="Printable"/>.</summary>
    /// <param name="rows">The rows, as wide as the heads.</param>
    public static string Table(string[] heads, IEnumerable<string[]> rows)
    {
        string[][] all = [heads, .. rows.Select(row => row.Select(Printable).ToArray())];
        int[] widths = [.. heads.Select((_, column) => all.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in all)
        {
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A text on one line that leaves a terminal alone, whatever clients have put into it.</summary>
    /// <param name="text">The text.</param>
    /// <returns>It, with a question mark for each character that is not <see cref="IsPrintable"/>.</returns>
    public static string Printable(string text) => text.All(IsPrintable)
        ? text : new([.. text.Select(character => IsPrintable(character) ? character : '?')]);

    /// <summary>Whether a character is shown where it stands: no control character, no end of a line, and none that turns the order of others
    /// around (Unicode Standard Annex 9, section 2), so that a name looks like another one.</summary>
    public static bool IsPrintable(char character) =>
        !char.IsControl(character) && character is not ((>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069'));

    /// <summary>A number of bytes.</summary>
    /// <returns>The number with a unit of measure.</returns>
    public static string Size(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {units[unit]}");
    }

    /// <summary>A time span, in whole seconds.</summary>
    /// <returns>Days, hours, minutes and seconds.</returns>
    public static string Duration(double seconds) =>
        TimeSpan.FromSeconds(Math.Floor(seconds)).ToString("c", CultureInfo.InvariantCulture);

    /// <summary>A time span in milliseconds.</summary>
    /// <returns>The number without a unit of measure.</returns>
    public static string Milliseconds(double seconds) => (seconds * 1000).ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A whole number.</summary>
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A time, if there is one.</summary>
    /// <returns>The time to the second, UTC; a dash for none.</returns>
    public static string Time(DateTimeOffset? time) => time is { } given ? Time(given.UtcDateTime) : "-";

    /// <summary>A time.</summary>
    /// <param name="time">When, UTC.</param>
    /// <returns>The time to the second.</returns>
    public static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
