using KadaluFsd.Fsd.Control;
using KadaluFsd.Fsd.Health;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Volgen;

namespace KadaluFsd.Fsd.Unit;

/// <summary>The parts of a unit that serves.</summary>
/// <param name="Graph">Those that it shares with other processes.</param>
/// <param name="Plan">What it runs.</param>
/// <param name="Targets">Knows whether the graph is down.</param>
/// <param name="Volfiles">Its volfiles and their clients.</param>
/// <param name="Health">Watches its directory.</param>
/// <param name="Slow">Knows the slowest file operations.</param>
/// <param name="Drain">Lets it run empty.</param>
internal sealed record RunningUnit(
    RunningGraph Graph, UnitPlan Plan, UnitTargets Targets, VolfileServer Volfiles, HealthMonitor Health, SlowOperations Slow, UnitDrain Drain)
    : RunningGraph(Graph)
{
    /// <summary>Asks its disk.</summary>
    internal DiskInquiry Disk => field ??= new DiskInquiry(Plan.Identity.Directory, Plan.Volfile.OfType(UnitVolfile.ThinArbiterType).Any());

    /// <summary>Whether it is known that clients are let in; false for a moment at the start.</summary>
    internal bool IsProven { get; set; }
}
