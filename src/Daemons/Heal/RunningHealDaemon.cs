using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Heal;

/// <summary>The parts of a running self-heal daemon.</summary>
/// <param name="Graph">The parts that every process with a graph has.</param>
/// <param name="Prepared">What the process was started with.</param>
/// <param name="Review">Compares directories again.</param>
internal sealed record RunningHealDaemon(RunningGraph Graph, HealPreparation Prepared, HealReview Review) : RunningGraph(Graph)
{
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _checking = new();
    private int _isOrdering;
    private CopyCheck? _check;

    internal HealPlan Plan => Prepared.Plan;

    /// <summary>The thread for orders to heal, which wait for units. Ends with the process.</summary>
    internal WorkThread HealThread { get; } = new("heal");

    /// <summary>Has it crawl for what has to be healed. Waits for the units; one order at a time.</summary>
    /// <param name="isFull">True for a full crawl, false for the indices of units.</param>
    /// <returns>The result for each unit; null while another order is being given.</returns>
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

    /// <summary>The result so far of the last comparison of copies; null where there was none.</summary>
    internal CopyReport? Check => _check is null ? null : Name(_check.Report());

    /// <summary>Starts comparing copies, unless a comparison is running.</summary>
    /// <returns>The result so far.</returns>
    internal CopyReport StartCheck()
    {
        lock (_checking)
        {
            if (_check is null || !_check.Report().IsRunning)
            {
                var check = new CopyCheck(Plan.Groups, new UnitDirectories(Context), () => Thread.Sleep(s_retryAfter));
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
