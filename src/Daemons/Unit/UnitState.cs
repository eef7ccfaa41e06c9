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
    internal static UnitState Of(RunningUnit unit) =>
        Of(unit.Health.Current, unit.Side.IsGraphDown, unit.Proof.IsProven, unit.Drain.HasBegun);

    /// <summary>Sums up what is known of a unit.</summary>
    /// <param name="health">The health of its directory.</param>
    /// <param name="isGraphDown">Whether the graph says that it cannot serve.</param>
    /// <param name="isProven">Whether the graph has let a client in.</param>
    /// <param name="isDraining">Whether it accepts no more connections.</param>
    internal static UnitState Of(UnitHealth health, bool isGraphDown, bool isProven, bool isDraining)
    {
        List<string> reasons = [.. health.Problems.Select(problem => $"{problem.Code}: {problem.Text}")];
        if (isGraphDown)
        {
            reasons.Insert(0, $"{HealthCodes.GraphDown}: the graph says that it cannot serve; the log says why");
        }

        if (!isProven)
        {
            reasons.Add("starting: the graph has not let a client in yet");
        }

        if (isDraining)
        {
            reasons.Add("draining: no new connections");
        }

        string name = isGraphDown || health.State == HealthState.Failed ? "failed"
            : !isProven
                ? UnitStatus.Starting
                : isDraining
                ? "draining"
                : health.State == HealthState.Degraded
                ? "degraded" : "ready";
        return new UnitState(name, [.. reasons]);
    }
}
