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
        IsBegun(stored, step.Unit) || stored.Replacement == step.Turn.Task
            ? Task.CompletedTask
            : manager.Replacement.CheckAsync(step.Pool, step.Unit, step.Terms.MayDiscard, step.Terms.MayBeOnRoot);

    /// <summary>Does it.</summary>
    /// <exception cref="Contract.CommandException">It cannot be done; says why.</exception>
    internal async Task ReplaceAsync(ReplaceUnitStep step, StoredPool stored)
    {
        // Begun and interrupted; or done, and not noted: what is in the directory by now is healed, and not to be discarded.
        if (IsBegun(stored, step.Unit) || stored.Replacement == step.Turn.Task)
        {
            await manager.StartAsync(step.Pool);
            return;
        }

        StepReplacementTerms terms = step.Terms;
        await manager.Replacement.StartAsync(
            step.Pool, step.Unit, terms.MayDiscard, terms.MayBeOnRoot, terms.AlsoLost, step.Turn.Task);
    }

    private static bool IsBegun(StoredPool stored, string address) => stored.Rejoining.Any(unit => stored.Pool.Units.Any(
        member => member.Unit.Path == unit.Path && member.Unit.Address == address));
}
