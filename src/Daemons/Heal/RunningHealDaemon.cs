using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Heal;

/// <summary>The parts of a self-heal daemon that runs.</summary>
/// <param name="Graph">Those that it shares with other processes.</param>
/// <param name="Prepared">What it was started with.</param>
/// <param name="Review">What it looks at again.</param>
internal sealed record RunningHealDaemon(RunningGraph Graph, HealPreparation Prepared, HealReview Review) : RunningGraph(Graph)
{
    private static readonly TimeSpan s_lookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _checking = new();
    private int _isOrdering;
    private CopyCheck? _check;

    internal HealPlan Plan => Prepared.Plan;

    /// <summary>Where it gives orders to heal, which wait for units. Ends with the process.</summary>
    internal WorkThread HealThread { get; } = new("heal");

    /// <summary>Has it look for what needs healing, at once. Waits for the units; one order is given at a time.</summary>
    /// <param name="isFull">Whether to walk through the whole pool, instead of what the units' indices name.</param>
    /// <returns>What came of it for each unit; null where another order is being given.</returns>
    /// <exception cref="GraphException">There is no memory.</exception>
    internal HealStart[]? TryStartHeal(bool isFull)
    {
        if (Interlocked.Exchange(ref _isOrdering, 1) != 0)
        {
            return null;
        }

        try
        {
            return HealThread.Invoke(() => Context.StartHeal(isFull));
        }
        finally
        {
            Volatile.Write(ref _isOrdering, 0);
        }
    }

    /// <summary>What the last comparison of copies has found so far; null where there was none.</summary>
    internal CopyReport? Check => _check is null ? null : Name(_check.Report());

    /// <summary>Begins to compare copies with each other, unless it is being done.</summary>
    /// <returns>What has been found so far.</returns>
    internal CopyReport StartCheck()
    {
        lock (_checking)
        {
            if (_check is null || !_check.Report().IsRunning)
            {
                var check = new CopyCheck(Plan.Groups, new UnitDirectories(Context), () => Thread.Sleep(s_lookAgainAfter));
                new Thread(check.Run) { Name = "copy-check", IsBackground = true }.Start();
                _check = check;
            }

            return Name(_check.Report());
        }
    }

    private CopyReport Name(CopyReport report) => report with
    {
        Differences = [.. report.Differences.Select(difference => difference with { Unit = Address(difference.Unit) })],
        Unreachable = [.. report.Unreachable.Select(Address)],
    };

    private string Address(string volume) =>
        Plan.Units.First(unit => unit.Volume == volume) is var unit ? $"{unit.Host}:{unit.Path}" : volume;
}
