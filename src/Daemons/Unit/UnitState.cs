using KadaluFsd.Contract;

namespace KadaluFsd.Daemons.Unit;

/// <summary>The state of a unit in one word.</summary>
/// <param name="Name"><c>starting</c>, <c>ready</c>, <c>degraded</c>, <c>draining</c> or <c>failed</c>.</param>
/// <param name="Reasons">Why it is not ready; empty when it is.</param>
internal readonly record struct UnitState(string Name, string[] Reasons)
{
    /// <summary>Whether new clients can be served.</summary>
    internal bool IsReady => Name is "ready" or "degraded";

    /// <summary>Reads the state of a unit.</summary>
    internal static UnitState Of(RunningUnit unit)
    {
        UnitHealth health = unit.Health.Current;
        List<string> reasons = [.. health.Problems.Select(problem => $"{problem.Code}: {problem.Text}")];
        if (unit.Side.IsGraphDown)
        {
            reasons.Insert(0, $"{HealthCodes.GraphDown}: the graph says that it cannot serve; the log says why");
        }

        if (!unit.Proof.IsProven)
        {
            reasons.Add("starting: the graph has not let a client in yet");
        }

        if (unit.Drain.HasBegun)
        {
            reasons.Add("draining: no new connections");
        }

        string name = unit.Side.IsGraphDown || health.State == HealthState.Failed ? "failed"
            : !unit.Proof.IsProven
                ? UnitStatus.Starting
                : unit.Drain.HasBegun
                ? "draining"
                : health.State == HealthState.Degraded
                ? "degraded" : "ready";
        return new UnitState(name, [.. reasons]);
    }
}
