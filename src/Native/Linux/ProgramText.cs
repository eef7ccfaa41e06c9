using System.Globalization;
using Tmds.Linux;

namespace KadaluFsd.Native.Linux;

/// <summary>The program's own machine code, as far as it is mapped.</summary>
public static class ProgramText
{
    private const string Executable = "r-xp";

    /// <summary>
    /// Takes it out of the process's memory; what is needed comes back from the page cache when it runs next, which takes microseconds. A
    /// program that starts runs through most of its code once, and keeps all of that resident otherwise.
    /// </summary>
    public static unsafe void Release()
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            // 55d0-55e0 r-xp 00001000 08:01 42   /path (proc_pid_maps(5)). Code is never written to: nothing is lost.
            string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (fields.Length == 6 && fields[1] == Executable && fields[5] == Environment.ProcessPath)
            {
                string[] range = fields[0].Split('-');
                ulong start = ulong.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                ulong end = ulong.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                _ = LibC.madvise((void*)start, (size_t)(end - start), LibC.MADV_DONTNEED);
            }
        }
    }
}
