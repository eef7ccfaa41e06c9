using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Checks of a pool before anything is changed, beside the rules of its definition.</summary>
public static class PoolChecks
{
    /// <summary>The option with the address on which a pool's units have glusterd's port.</summary>
    public const string Alias = "unit.alias";

    /// <summary>Throws if there are problems.</summary>
    /// <param name="problems">The problems; the message has all of them, up to a limit.</param>
    /// <exception cref="CommandException">There are problems.</exception>
    public static void ThrowIfAny(ImmutableArray<string> problems)
    {
        if (!problems.IsEmpty)
        {
            throw new CommandException(ExitCode.PoolRefused, string.Join("\n  ", new PoolException(problems).Problems));
        }
    }

    /// <summary>Checks the options of a pool.</summary>
    /// <param name="pool">The pool, with its options.</param>
    /// <param name="rules">The rules of installed translators.</param>
    /// <param name="before">Its previous options: those that an earlier version has accepted do not prevent others from being
    /// set.</param>
    /// <exception cref="CommandException">An option is not allowed.</exception>
    public static void RefuseOptions(Pool pool, PoolOptions rules, IReadOnlyDictionary<string, string>? before = null)
    {
        ThrowIfAny([
            .. pool.Options.Where(option => before?.GetValueOrDefault(option.Key) != option.Value)
            .Select(option => rules.Check(pool, option.Key, option.Value)).OfType<string>()]);
    }

    /// <summary>Brings up the graphs of a pool that differ from its previous ones.</summary>
    /// <param name="before">The pool as it was; null for a new one.</param>
    /// <exception cref="CommandException">One does not come up.</exception>
    public static async Task RefuseGraphsAsync(Pool pool, PoolVolfiles volfiles, PoolOptions rules, Pool? before)
    {
        Dictionary<string, string> earlier = before is null ? [] : volfiles.GenerateKinds(before);
        KeyValuePair<string, string>[] texts =
            [.. volfiles.GenerateKinds(pool).Where(text => earlier.GetValueOrDefault(text.Key) != text.Value)];
        if (texts.Length == 0 || volfiles.Tried.Take(texts))
        {
            return;
        }

        string[] objections = await GraphTrial.FindObjectionsAsync(texts);
        if (objections.Length > 0)
        {
            ThrowIfAny([
                .. objections,
                .. pool.Options.Select(option => rules.Check(pool, option.Key, option.Value))
                .OfType<string>().Select(
                    problem => $"set before: {problem}; kadalu pool reset {pool.Name} OPTION takes it away")]);
        }

        volfiles.Tried.Note(texts);
    }

    /// <summary>Finds nodes whose names have no address: neither this node nor clients could reach them.</summary>
    /// <returns>A problem for each.</returns>
    public static IEnumerable<string> FindUnknownNodes(Pool pool, ThisNode node) =>
        from name in pool.Units.Select(member => member.Unit.Node).Where(other => !node.Is(pool, other))
            .Select(other => other.Name).Distinct()
        where !ThisNode.HasAddress(name)
        select $"{name} has no address: DNS and /etc/hosts of this node do not know it";

    /// <summary>Finds names of nodes that are new in a pool, and do not lead from here to where they are to.</summary>
    /// <param name="before">The pool as it was.</param>
    /// <returns>A problem for each.</returns>
    public static IEnumerable<string> FindUnknownNames(Pool pool, Pool before, ThisNode node)
    {
        HashSet<string> known = [.. before.Units.Select(member => member.Unit.Node.Name)];
        return
            from other in pool.Units.Select(member => member.Unit.Node).DistinctBy(other => other.Name)
            where !known.Contains(other.Name)
            let isHere = node.HasId(other)
            where isHere ? !node.IsCalled(other.Name) : !ThisNode.HasAddress(other.Name)
            select isHere ? $"{other.Name} is to be this node, and leads to another machine, or to none (DNS, /etc/hosts)"
                : $"{other.Name} has no address: DNS and /etc/hosts of this node do not know it";
    }

    /// <summary>
    /// Finds units that have this node's id, and are on another node by its name: a machine that is a copy of another one has the
    /// same id.
    /// </summary>
    /// <returns>A problem for each.</returns>
    public static IEnumerable<string> FindClones(Pool pool, ThisNode node) =>
        from member in pool.Units
        where node.HasId(member.Unit.Node) && !node.IsCalled(member.Unit.Node.Name)
        select $"{member.Unit.Address} has this node's id, {node.Id}, and is on another node by its name: is this machine a " +
            "copy of that one?";

    /// <summary>Finds pools with the same alias: a client that asks there would get the one or the other.</summary>
    /// <returns>A problem for each.</returns>
    public static IEnumerable<string> FindSharedAliases(Pool pool, IEnumerable<Pool> others) =>
        from alias in AliasesOf(pool)
        from other in others
        where other.Name != pool.Name && AliasesOf(other).Contains(alias)
        select $"units of the pool \"{other.Name}\" have the alias {alias}";

    /// <summary>Finds aliases that are new and that no program of this machine could listen on.</summary>
    /// <param name="before">The pool as it was.</param>
    /// <returns>A problem for each.</returns>
    public static IEnumerable<string> FindStrangeAliases(Pool pool, Pool before, ThisNode node) =>
        from alias in AliasesOf(pool).Except(AliasesOf(before))
        where !node.IsCalled(alias)
        select $"this machine has no address {alias}; all of 127.0.0.0/8 are its own";

    private static IEnumerable<string> AliasesOf(Pool pool) =>
        pool.Options.Where(option => option.Key == Alias || option.Key.EndsWith("." + Alias, StringComparison.Ordinal))
            .Select(option => option.Value).Distinct();

    /// <summary>Finds units of a pool that are inside, around or at the path of another pool's.</summary>
    /// <param name="node">This node, which may have several names.</param>
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

    /// <summary>Warns of options that change nothing in a pool.</summary>
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
