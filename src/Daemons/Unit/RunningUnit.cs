using KadaluFsd.Daemons.Graph;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Unit;

/// <summary>The parts of a running unit that status and control requests use.</summary>
/// <param name="Graph">The parts that every process with a graph has.</param>
/// <param name="Prepared">What the process was started with.</param>
/// <param name="Side">Whether the graph is down.</param>
/// <param name="Volfiles">Its volfiles and their clients.</param>
/// <param name="Health">The health of its directory.</param>
/// <param name="Slow">The slowest file operations.</param>
/// <param name="Drain">Drains it.</param>
/// <param name="Proof">Whether clients are authenticated.</param>
internal sealed record RunningUnit(
    RunningGraph Graph, UnitPreparation Prepared, ListenOptions Listen, UnitGraphSide Side, VolfileServer Volfiles,
    HealthMonitor Health, SlowOperations Slow, UnitDrain Drain, GraphProof Proof) : RunningGraph(Graph)
{
    internal UnitPlan Plan => Prepared.Plan;

    internal DiskReader Disk =>
        field ??= new DiskReader(Plan.Identity.Directory, Plan.Volfile.OfType(UnitVolfile.ThinArbiterType).Any());
}
