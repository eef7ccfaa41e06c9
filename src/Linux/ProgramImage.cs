using System.Globalization;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>The mapped pages of the program file that were never changed: code and constants.</summary>
public sealed class ProgramImage
{
    private const string Anonymous = "Anonymous:";

    private readonly (ulong Start, ulong End)[] _pieces;

    private ProgramImage((ulong, ulong)[] pieces) => _pieces = pieces;

    /// <summary>Finds out where it is mapped.</summary>
    public static ProgramImage Find()
    {
        var pieces = new List<(ulong, ulong)>();
        (ulong Start, ulong End) piece = default;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            // 55d0-55e0 r-xp 00001000 08:01 42   /path, and lines about it below (proc_pid_smaps(5)).
            if (char.IsAsciiHexDigitLower(line[0]))
            {
                piece = line.EndsWith(Environment.ProcessPath!, StringComparison.Ordinal) &&
                    line[line.IndexOf(' ', StringComparison.Ordinal) + 2] == '-' ? Parse(line) : default;
            }
            else if (
                piece.End > 0 &&
                line.StartsWith(Anonymous, StringComparison.Ordinal) && line.EndsWith(" 0 kB", StringComparison.Ordinal))
            {
                // No page of it was ever changed, so that the file has them all.
                pieces.Add(piece);
            }
        }

        return new ProgramImage([.. pieces]);
    }

    /// <summary>
    /// Drops these pages from the process's memory; a page that is needed again comes back from the page cache, within
    /// microseconds. A start runs through most of the code once, and would keep all of it resident otherwise.
    /// </summary>
    public unsafe void Release()
    {
        foreach ((ulong start, ulong end) in _pieces)
        {
            _ = LibC.madvise((void*)start, (size_t)(end - start), LibC.MADV_DONTNEED);
        }
    }

    private static (ulong Start, ulong End) Parse(ReadOnlySpan<char> line)
    {
        int dash = line.IndexOf('-');
        return (ulong.Parse(line[..dash], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            ulong.Parse(line[(dash + 1)..line.IndexOf(' ')], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
