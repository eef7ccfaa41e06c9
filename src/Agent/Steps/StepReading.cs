using System.Text.Json;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Steps;

/// <summary>What a step says, in the form in which pools of this node are changed.</summary>
internal static class StepReading
{
    /// <summary>Reads the pool that a step has.</summary>
    /// <exception cref="CommandException">It is none, or not the step's.</exception>
    internal static Pool Read(JsonElement definition, NodeStep step)
    {
        try
        {
            Pool pool = PoolNumbers.Assign(PoolDocument.Read(definition), isNew: true);
            PoolRules.Require(pool, mayShareNodes: true);
            return pool.Name == step.Pool && pool.Id == step.PoolId && pool.Revision > 0
                ? pool
                : throw new PoolException($"it is of the pool \"{pool.Name}\" ({pool.Id}), or has no revision");
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.Usage, $"the step's definition: {exception.Message}");
        }
    }

    /// <summary>What a new pool may be.</summary>
    /// <exception cref="CommandException">They are of another version.</exception>
    internal static CreationTerms TermsOf(StepCreationTerms terms) =>
        Enum.TryParse(terms.Existing, ignoreCase: true, out ExistingContents existing) && Enum.IsDefined(existing)
            ? new CreationTerms(terms.MayShareNodes, terms.MayBeOnRoot, existing)
            : throw new CommandException(ExitCode.Usage, $"\"{terms.Existing}\" is nothing that can be done with contents");

    /// <summary>What a change may do.</summary>
    internal static ChangeTerms TermsOf(StepChangeTerms terms) => new(terms.Restart, terms.MayDisturbExports);
}
