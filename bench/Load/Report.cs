using System.Globalization;

namespace KadaluFsd.Bench.Load;

/// <summary>Prints medians, and the ratio between them.</summary>
internal static class Report
{
    internal static void Print(int rounds, List<Figures> stock, List<Figures> ours)
    {
        Console.WriteLine($"medians of {rounds} interleaved runs, same volfile; ratio = kadalu-fsd / glusterfsd");
        Console.WriteLine($"{"",-44}{"glusterfsd",14}{"kadalu-fsd",14}{"ratio",8}   range of kadalu-fsd");
        Row("resident memory, idle (KiB)", stock, ours, figures => figures.IdleKiB);
        Row("resident memory, one client after work (KiB)", stock, ours, figures => figures.MountedKiB);
        Row("exec to first answered GETSPEC, new unit (ms)", stock, ours, figures => figures.FirstAnswerMs);
        Row("the same, started again (ms)", stock, ours, figures => figures.RestartMs);
        Row("exec to first mount (ms)", stock, ours, figures => figures.FirstMountMs);
        Row("small files through a mount (per s)", stock, ours, figures => figures.OperationsPerSecond);
        Row("context switches of the daemon per file", stock, ours, figures => figures.SwitchesPerOperation);
    }

    /// <summary>The value in the middle.</summary>
    internal static double Median<T>(IEnumerable<T> runs, Func<T, double> value)
    {
        double[] sorted = [.. runs.Select(value).Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Prints the medians of one measurement, and their ratio.</summary>
    internal static void Row<T>(string name, List<T> stock, List<T> ours, Func<T, double> figure)
    {
        double left = Median(stock, figure);
        double right = Median(ours, figure);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-44}{left,14:F1}{right,14:F1}{right / left,8:F2}   {ours.Min(figure):F1} to {ours.Max(figure):F1}"));
    }
}
