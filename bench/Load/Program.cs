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

// Side by side with the stock daemon: the same volfile, the same machine, one after the other in turn, medians.
int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
Daemon[] daemons = [new StockDaemon(), new KadaluDaemon()];
var figures = daemons.ToDictionary(daemon => daemon, _ => new List<Figures>());
for (int round = 0; round <= rounds; round++)
{
    foreach (Daemon daemon in round % 2 == 0 ? daemons : daemons.Reverse())
    {
        Figures measured = await UnitBenchmark.RunAsync(daemon);

        // The first round warms the page cache up.
        if (round > 0)
        {
            figures[daemon].Add(measured);
        }
    }
}

Report.Print(rounds, figures[daemons[0]], figures[daemons[1]]);
await NodeBenchmark.RunAsync(Math.Min(rounds, 5));
await ControlBenchmark.RunAsync(rounds);
await VolfileBenchmark.RunAsync(rounds);
