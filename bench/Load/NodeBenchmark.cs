using System.Diagnostics;

namespace KadaluFsd.Bench.Load;

/// <summary>
/// What ten idle units of one node take together: their proportional set size (PSS, proc_pid_smaps(5)), in which a page that several
/// of them share counts once.
/// </summary>
internal static class NodeBenchmark
{
    private const int Units = 10;

    internal static async Task RunAsync(int rounds)
    {
        (List<double> stock, List<double> ours) = await Turns.MeasureAsync(rounds, MeasureAsync);
        Report.Row($"PSS of each of {Units} idle units (KiB)", stock, ours, size => size);
    }

    private static async Task<double> MeasureAsync(Daemon daemon)
    {
        BenchUnit[] units = [.. Enumerable.Range(0, Units).Select(_ => new BenchUnit())];
        var processes = new List<Process>();
        try
        {
            foreach (BenchUnit unit in units)
            {
                (string program, string[] arguments) = daemon.Command(unit);
                processes.Add(Process.Start(program, arguments));
                await UnitBenchmark.FirstAnswerAsync(unit.Port, Stopwatch.GetTimestamp());
            }

            // "Idle" is after the threads that only start up are done.
            await Task.Delay(TimeSpan.FromSeconds(1));
            return processes.Average(UnitBenchmark.ProportionalSetSize);
        }
        finally
        {
            foreach (Process process in processes)
            {
                process.Kill();
                await process.WaitForExitAsync();
                process.Dispose();
            }

            Array.ForEach(units, unit => unit.Dispose());
        }
    }
}
