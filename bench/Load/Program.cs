using System.Globalization;
using KadaluFsd.Bench.Load;

// The other side of the control benchmark, in a process of its own.
if (args is ["ask", var socket])
{
    Console.WriteLine((await ControlBenchmark.AskAsync(socket)).ToString(CultureInfo.InvariantCulture));
    return;
}

// What the machine does of itself when somebody else works as much.
if (args is ["work"])
{
    ControlBenchmark.WorkElsewhere();
    return;
}

// The cluster alone.
if (args is ["cluster", var times])
{
    await ClusterBenchmark.RunAsync(int.Parse(times, CultureInfo.InvariantCulture));
    return;
}

// Side by side with the stock daemon, with the same volfile; medians.
int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
(List<Figures> stock, List<Figures> ours) = await Turns.MeasureAsync(rounds, UnitBenchmark.RunAsync);
Report.Print(rounds, stock, ours);
await NodeBenchmark.RunAsync(Math.Min(rounds, 5));
await ControlBenchmark.RunAsync(rounds);
await VolfileBenchmark.RunAsync(rounds);
await ClusterBenchmark.RunAsync(rounds);
