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
        Row("exec to first answered GETSPEC (ms)", stock, ours, figures => figures.FirstAnswerMs);
        Row("exec to first mount (ms)", stock, ours, figures => figures.FirstMountMs);
        Row("small files through a mount (per s)", stock, ours, figures => figures.OperationsPerSecond);
        Row("context switches of the daemon per file", stock, ours, figures => figures.SwitchesPerOperation);
    }

    private static void Row(string name, List<Figures> stock, List<Figures> ours, Func<Figures, double> figure)
    {
        double[] theirs = [.. stock.Select(figure).Order()];
        double[] own = [.. ours.Select(figure).Order()];
        double left = theirs[theirs.Length / 2];
        double right = own[own.Length / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-44}{left,14:F1}{right,14:F1}{right / left,8:F2}   {own[0]:F1} to {own[^1]:F1}"));
    }
}
