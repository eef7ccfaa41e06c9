using System.Globalization;
using Tmds.Linux;

namespace KadaluFsd.Native.Linux;

/// <summary>The program's own code and constants, as far as they are mapped.</summary>
public static class ProgramImage
{
    private const string Anonymous = "Anonymous:";

    /// <summary>
    /// Takes them out of the process's memory; what is needed comes back from the page cache when it is used next, which takes microseconds. A
    /// program that starts runs through most of its code once, and keeps all of that resident otherwise.
    /// </summary>
    public static void Release()
    {
        (ulong Start, ulong End) range = default;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            // 55d0-55e0 r-xp 00001000 08:01 42   /path, and lines about it below (proc_pid_smaps(5)).
            string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (fields.Length == 6)
            {
                range = fields[5] == Environment.ProcessPath && fields[1][1] == '-' ? Parse(fields[0]) : default;
            }
            else if (fields[0] == Anonymous && fields[1] == "0" && range.End > 0)
            {
                // Nothing in it was ever changed, so that the file has it all.
                Release(range.Start, range.End);
            }
        }
    }

    private static (ulong Start, ulong End) Parse(string range)
    {
        string[] ends = range.Split('-');
        return (ulong.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), ulong.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    private static unsafe void Release(ulong start, ulong end) => _ = LibC.madvise((void*)start, (size_t)(end - start), LibC.MADV_DONTNEED);
}
