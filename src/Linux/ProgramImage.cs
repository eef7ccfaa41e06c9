using System.Globalization;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>The mapped pages of the program file that were never changed: code and constants.</summary>
public sealed class ProgramImage
{
    private const string Resident = "Rss:";
    private const string Anonymous = "Anonymous:";

    private readonly (ulong Start, ulong End)[] _pieces;

    private ProgramImage((ulong, ulong)[] pieces) => _pieces = pieces;

    /// <summary>Finds out where it is mapped.</summary>
    public static ProgramImage Find() =>
        new([.. FindUnchanged(File.ReadLines("/proc/self/smaps"), Environment.ProcessPath!)]);

    /// <summary>Finds the mappings that can be dropped, since the file has all of their pages.</summary>
    /// <param name="smaps">Lines of proc_pid_smaps(5).</param>
    /// <param name="program">The program's path.</param>
    /// <returns>Where each begins and ends.</returns>
    internal static IEnumerable<(ulong Start, ulong End)> FindUnchanged(IEnumerable<string> smaps, string program)
    {
        (ulong Start, ulong End) piece = default;
        foreach (string line in smaps)
        {
            // 55d0-55e0 r-xp 00001000 08:01 42   /path, and lines about it below.
            if (char.IsAsciiHexDigitLower(line[0]))
            {
                piece = line.EndsWith(program, StringComparison.Ordinal) &&
                    line[line.IndexOf(' ', StringComparison.Ordinal) + 2] == '-' ? Parse(line) : default;
            }
            else if (line.StartsWith(Resident, StringComparison.Ordinal) && line.EndsWith(" 0 kB", StringComparison.Ordinal))
            {
                // Nothing of it is in memory. QEMU says so of everything, and that nothing was changed, of what was relocated too.
                piece = default;
            }
            else if (
                piece.End > 0 &&
                line.StartsWith(Anonymous, StringComparison.Ordinal) && line.EndsWith(" 0 kB", StringComparison.Ordinal))
            {
                // No page of it was ever changed.
                yield return piece;
            }
        }
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
