using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Heal;
using KadaluFsd.Native;

namespace KadaluFsd.Fsd.Control;

/// <summary>The parts of a self-heal daemon that runs.</summary>
/// <param name="Graph">Those that it shares with other processes.</param>
/// <param name="Plan">What it runs.</param>
/// <param name="Loop">Its event loop.</param>
/// <param name="HealThread">Where it gives orders to heal, which wait for units.</param>
internal sealed record RunningHealDaemon(RunningGraph Graph, HealPlan Plan, EventLoop Loop, WorkThread HealThread) : RunningGraph(Graph)
{
    /// <summary>Has it look for what needs healing, at once.</summary>
    /// <param name="isFull">Whether to walk through the whole pool, instead of what the units' indices name.</param>
    /// <returns>What came of it for each unit.</returns>
    /// <exception cref="GraphException">There is no memory.</exception>
    internal HealStart[] StartHeal(bool isFull) => HealThread.Invoke(() => Context.StartHeal(isFull));
}
