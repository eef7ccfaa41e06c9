using System.Globalization;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>The program's own code and constants, as far as they are mapped and were never changed.</summary>
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
                // Nothing in it was ever changed, so that the file has it all.
                pieces.Add(piece);
            }
        }

        return new ProgramImage([.. pieces]);
    }

    /// <summary>
    /// Takes it out of the process's memory; what is needed comes back from the page cache when it is used next, which takes
    /// microseconds. A program that starts runs through most of its code once, and keeps all of that resident otherwise.
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
