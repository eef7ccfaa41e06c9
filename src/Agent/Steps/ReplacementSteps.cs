using KadaluFsd.Cluster.Steps;
using KadaluFsd.Pools;

namespace KadaluFsd.Agent.Steps;

/// <summary>Has a unit of this node started on an empty directory.</summary>
/// <param name="manager">Does it.</param>
internal sealed class ReplacementSteps(PoolManager manager)
{
    /// <summary>Says whether it can be.</summary>
    /// <exception cref="Contract.CommandException">It cannot; says why.</exception>
    internal Task CheckAsync(CheckReplacementStep step, StoredPool stored) =>
        IsBegun(stored, step.Unit, step.Turn)
            ? Task.CompletedTask
            : manager.Replacement.CheckAsync(step.Pool, step.Unit, step.Terms.MayDiscard, step.Terms.MayBeOnRoot);

    /// <summary>Does it.</summary>
    /// <exception cref="Contract.CommandException">It cannot be done; says why.</exception>
    internal async Task ReplaceAsync(ReplaceUnitStep step, StoredPool stored)
    {
        if (IsBegun(stored, step.Unit, step.Turn))
        {
            await manager.StartAsync(step.Pool);
            return;
        }

        StepReplacementTerms terms = step.Terms;
        await manager.Replacement.StartAsync(
            step.Pool, step.Unit, terms.MayDiscard, terms.MayBeOnRoot, terms.AlsoLost, step.Turn.Task);
    }

    // And interrupted; or done, and not noted: what is in the directory by now is healed, and not to be discarded.
    private static bool IsBegun(StoredPool stored, string address, StepTurn turn) =>
        stored.Replacement == turn.Task || stored.Rejoining.Any(unit => stored.Pool.Units.Any(
            member => member.Unit.Path == unit.Path && member.Unit.Address == address));
}
