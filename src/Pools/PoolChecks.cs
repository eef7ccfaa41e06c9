using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>What is checked of a pool before anything is changed, beside the rules of its definition.</summary>
public static class PoolChecks
{
    /// <summary>Refuses what has problems.</summary>
    /// <param name="problems">The problems; all of them are said, as far as people read them.</param>
    /// <exception cref="CommandException">There are some.</exception>
    public static void Refuse(ImmutableArray<string> problems)
    {
        if (!problems.IsEmpty)
        {
            throw new CommandException(ExitCode.PoolRefused, string.Join("\n  ", new PoolException(problems).Problems));
        }
    }

    /// <summary>Refuses options that no pool, or not this one, can have.</summary>
    /// <param name="pool">The pool, with its options.</param>
    /// <param name="rules">What the installed translators say of options.</param>
    /// <param name="before">The options that it has had so far; what an earlier version has let through does not keep others from
    /// being set.</param>
    /// <exception cref="CommandException">It has such options.</exception>
    public static void RefuseOptions(Pool pool, PoolOptions rules, IReadOnlyDictionary<string, string>? before = null)
    {
        Refuse([
            .. pool.Options.Where(option => before?.GetValueOrDefault(option.Key) != option.Value)
            .Select(option => rules.Check(pool, option.Key, option.Value)).OfType<string>()]);
    }

    /// <summary>Refuses a pool whose graphs do not come up, as far as they differ from those it has had so far.</summary>
    /// <param name="before">The pool as it was; null for a new one.</param>
    /// <returns>A task that ends when all have come up.</returns>
    /// <exception cref="CommandException">One does not.</exception>
    public static async Task RefuseGraphsAsync(Pool pool, PoolVolfiles volfiles, PoolOptions rules, Pool? before)
    {
        Dictionary<string, string> earlier = before is null ? [] : volfiles.GenerateKinds(before);
        string[] objections = await GraphTrial.FindObjectionsAsync(
            volfiles.GenerateKinds(pool).Where(text => earlier.GetValueOrDefault(text.Key) != text.Value));
        if (objections.Length > 0)
        {
            Refuse([
                .. objections,
                .. pool.Options.Select(option => rules.Check(pool, option.Key, option.Value))
                .OfType<string>().Select(problem => $"set before: {problem}; pool reset {pool.Name} OPTION takes it away")]);
        }
    }

    /// <summary>
    /// Which units have this node's id, and are on another node by its name: where a machine is a copy of another one, both have
    /// one id.
    /// </summary>
    /// <returns>A problem for each.</returns>
    public static IEnumerable<string> FindClones(Pool pool, ThisNode node) =>
        from member in pool.Units
        where node.HasId(member.Unit.Node) && !node.IsCalled(member.Unit.Node.Name)
        select $"{member.Unit.Address} has this node's id, {node.Id}, and is on another node by its name: is this machine a " +
            $"copy of that one? (--node {member.Unit.Node.Name} says that it is this one)";

    /// <summary>Which units of a pool lie in, around or at the place of another pool's.</summary>
    /// <param name="node">This node, which may go by several names.</param>
    /// <returns>A problem for each.</returns>
    public static IEnumerable<string> FindOverlaps(Pool pool, Pool[] others, ThisNode node) =>
        from other in others
        from theirs in other.Units
        from ours in pool.Units
        where (
            ours.Unit.Node.Name == theirs.Unit.Node.Name ||
            (node.Is(pool, ours.Unit.Node) && node.Is(other, theirs.Unit.Node))) && IsInside(ours.Unit.Path + "/",
            theirs.Unit.Path + "/")
        select $"{ours.Unit.Address} is a unit of the pool \"{other.Name}\", or lies in one, or around one";

    private static bool IsInside(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);

    /// <summary>Tells of options that change nothing in a pool.</summary>
    internal static void WarnOfNoEffect(
        Pool pool, IEnumerable<string> names, IEnumerable<string> volfileTexts, Action<string> say)
    {
        HashSet<string> types =
            [.. volfileTexts.SelectMany(text => VolfileParser.Parse(text).Volumes, (_, volume) => volume.Type)];
        foreach (string name in names)
        {
            if (PoolOptions.FindMissing(pool, name, types) is { Count: > 0 } missing)
            {
                say($"warning: {name} changes nothing: {pool.Name} has no {string.Join(" or ", missing)}");
            }
        }
    }
}
