using System.Collections.Immutable;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Pools;

/// <summary>What is checked of a pool before anything is changed, beside the rules of its definition.</summary>
internal static class PoolChecks
{
    /// <summary>Refuses what has problems.</summary>
    /// <param name="problems">The problems; all of them are said.</param>
    /// <exception cref="StartException">There are some.</exception>
    internal static void Refuse(ImmutableArray<string> problems)
    {
        if (!problems.IsEmpty)
        {
            throw new StartException(ExitCode.PoolRefused, string.Join("\n  ", problems));
        }
    }

    /// <summary>Refuses options that no pool, or not this one, can have.</summary>
    /// <param name="pool">The pool, with its options.</param>
    /// <exception cref="StartException">It has such options.</exception>
    internal static void RefuseOptions(Pool pool)
    {
        var rules = new PoolOptions(TranslatorRules.Of);
        Refuse([.. pool.Options.Select(option => rules.Check(pool, option.Key, option.Value)).OfType<string>()]);
    }

    /// <summary>Which units of a pool lie in, around or at the place of another pool's.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="others">The other pools.</param>
    /// <param name="node">This node, which may go by several names.</param>
    /// <returns>A problem for each.</returns>
    internal static IEnumerable<string> FindOverlaps(Pool pool, Pool[] others, ThisNode node) =>
        from other in others
        from theirs in other.Units
        from ours in pool.Units
        where (ours.Unit.Node.Name == theirs.Unit.Node.Name || (node.Is(ours.Unit.Node) && node.Is(theirs.Unit.Node))) && IsInside(ours.Unit.Path + "/", theirs.Unit.Path + "/")
        select $"{ours.Unit.Address} is a unit of the pool \"{other.Name}\", or lies in one, or around one";

    private static bool IsInside(string one, string other) => one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);
}
