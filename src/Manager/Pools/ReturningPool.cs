using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Pools;

/// <summary>
/// Gives a pool whose directories come back what these say: its id, the numbers of its units and groups, and the name of its layers. Nothing else of it
/// is what a node says.
/// </summary>
/// <param name="nodes">The nodes.</param>
/// <param name="clients">Asks them.</param>
/// <param name="time">The clock.</param>
internal sealed class ReturningPool(NodeRegistry nodes, NodeClients clients, TimeProvider time)
{
    // For all nodes, and for both of the questions.
    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(35);

    /// <summary>Finds it out.</summary>
    /// <param name="pool">The pool, without numbers; its id may be empty.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The pool with what its directories say. What does not fit is refused when it is checked.</returns>
    /// <exception cref="CommandException">A node does not say it, or they say different things.</exception>
    internal async Task<Pool> TakeUpAsync(Pool pool, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(s_within, time);
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        if (pool.Id == Guid.Empty)
        {
            (string Node, ReturningUnits Said)[] said = await AskAsync(pool, asking.Token, cancellation);
            if (said.Select(each => each.Said.Owner).OfType<Guid>().Distinct().ToArray() is not [var owner])
            {
                return pool;
            }

            pool = pool with { Id = owner };
        }

        return Join(
            pool,
            [.. (await AskAsync(pool, asking.Token, cancellation))
                .Select(each => (each.Node, PoolText.Read(each.Said.Definition)))]);
    }

    /// <summary>Puts together what nodes say.</summary>
    /// <exception cref="CommandException">They say different things, or one speaks of another pool.</exception>
    internal static Pool Join(Pool pool, IReadOnlyList<(string Node, Pool Said)> all)
    {
        // A node whose directories are new says nothing.
        (string Node, Pool Said)[] known = [.. all.Where(each => each.Said.Layers is not null)];
        if (known.Length == 0)
        {
            return pool;
        }

        (string first, Pool said) = known[0];
        if (known.FirstOrDefault(each => !IsOf(pool, each.Said)) is { Node: { } strange })
        {
            throw new CommandException(
                ExitCode.PeerRefused, $"{strange} speaks of other units than those of {pool.Name}: is it of another version?");
        }

        if (known.FirstOrDefault(each => !SaysTheSame(each.Said, said)) is { Node: { } other })
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"the directories of {first} and {other} say different things of which unit is which: the pool can be created " +
                "from its definition only (--definition)");
        }

        Dictionary<string, int?> numbers = said.Units.ToDictionary(member => member.Unit.Address, member => member.Unit.Number);
        PoolLayers[] layers = [.. known.Select(each => each.Said.Layers!)];
        pool = pool with
        {
            Groups = [.. pool.Groups.Select((group, place) => group with { Number = said.Groups[place].Number })],

            // What was given later is not taken back; who was away then does not know it.
            Layers = new PoolLayers(
                layers[0].Name, layers.Any(each => each.HasDistribute), layers.Max(each => each.NextUnit),
                layers.Max(each => each.NextGroup)),
        };
        return pool.SelectUnits(unit => unit with { Number = numbers[unit.Address] });
    }

    private static bool IsOf(Pool pool, Pool said) =>
        said.Groups.Length == pool.Groups.Length &&
        said.Units.Select(member => (member.Unit.Address, member.Group))
            .SequenceEqual(pool.Units.Select(member => (member.Unit.Address, member.Group)));

    private static bool SaysTheSame(Pool one, Pool other) =>
        one.Layers!.Name == other.Layers!.Name &&
        one.Groups.Select(group => group.Number).SequenceEqual(other.Groups.Select(group => group.Number)) &&
        one.Units.Select(member => member.Unit.Number).SequenceEqual(other.Units.Select(member => member.Unit.Number));

    // All that do not say it are named.
    private async Task<(string Node, ReturningUnits Said)[]> AskAsync(
        Pool pool, CancellationToken asking, CancellationToken cancellation)
    {
        (string Node, ReturningUnits? Said, CommandException? Problem)[] all = await Task.WhenAll(
            PoolText.NodesOf(pool).Select(node => AskAsync(pool, node, asking, cancellation)));
        CommandException[] problems = [.. all.Select(each => each.Problem).OfType<CommandException>()];
        return problems.Length == 0 ? [.. all.Select(each => (each.Node, each.Said!))] : throw new CommandException(
            problems[0].Code,
            string.Join(
                "; ",
                all.Where(each => each.Problem is not null).Select(each => $"{each.Node}: {each.Problem!.Message}")));
    }

    private async Task<(string Node, ReturningUnits? Said, CommandException? Problem)> AskAsync(
        Pool pool, PoolNode node, CancellationToken asking, CancellationToken cancellation)
    {
        try
        {
            ReturningUnits said = await clients.AskAsync(
                await nodes.GetAsync(node.Name, asking),
                new ReturningUnitsQuestion(pool.Name, pool.Id, PoolText.Write(pool)) { Seconds = s_within.TotalSeconds },
                QuestionJson.Default.ReturningUnits, asking);
            return (node.Name, said, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (node.Name, null, new CommandException(
                ExitCode.PeerUnreachable,
                $"it has not said within {s_within.TotalSeconds} s what its directories are: does a disk hang there?"));
        }
        catch (CommandException exception)
        {
            return (node.Name, null, exception);
        }
    }
}
