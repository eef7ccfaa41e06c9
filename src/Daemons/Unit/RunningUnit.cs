using KadaluFsd.Daemons.Graph;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Unit;

/// <summary>The parts of a unit that serves, for those who ask about it and steer it.</summary>
/// <param name="Graph">Those that it shares with other processes.</param>
/// <param name="Prepared">What it was started with.</param>
/// <param name="Listen">Where it listens.</param>
/// <param name="Side">Knows whether the graph is down.</param>
/// <param name="Volfiles">Its volfiles and their clients.</param>
/// <param name="Health">Watches its directory.</param>
/// <param name="Slow">Knows the slowest file operations.</param>
/// <param name="Drain">Lets it run empty.</param>
/// <param name="Proof">Knows whether clients are let in.</param>
internal sealed record RunningUnit(
    RunningGraph Graph, UnitPreparation Prepared, ListenOptions Listen, UnitGraphSide Side, VolfileServer Volfiles,
    HealthMonitor Health, SlowOperations Slow, UnitDrain Drain, GraphProof Proof) : RunningGraph(Graph)
{
    /// <summary>What it runs.</summary>
    internal UnitPlan Plan => Prepared.Plan;

    /// <summary>Asks its disk.</summary>
    internal DiskInquiry Disk =>
        field ??= new DiskInquiry(Plan.Identity.Directory, Plan.Volfile.OfType(UnitVolfile.ThinArbiterType).Any());
}
