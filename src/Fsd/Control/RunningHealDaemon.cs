using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Heal;
using KadaluFsd.Native;

namespace KadaluFsd.Fsd.Control;

/// <summary>The parts of a self-heal daemon that runs.</summary>
/// <param name="Graph">Those that it shares with other processes.</param>
/// <param name="Plan">What it runs.</param>
/// <param name="HealThread">Where it gives orders to heal, which wait for units.</param>
internal sealed record RunningHealDaemon(RunningGraph Graph, HealPlan Plan, WorkThread HealThread) : RunningGraph(Graph)
{
    private int _isOrdering;

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
}
