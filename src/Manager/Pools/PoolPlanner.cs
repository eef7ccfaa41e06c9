using System.Collections.Immutable;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Pools;

/// <summary>Makes definitions of what people order: of new pools, and of pools with other options.</summary>
/// <param name="pools">The pools that there are.</param>
/// <param name="nodes">The nodes that there are.</param>
/// <param name="clients">Asks nodes which ports are free.</param>
/// <param name="returning">Finds out what directories say that come back.</param>
internal sealed class PoolPlanner(PoolRegistry pools, NodeRegistry nodes, NodeClients clients, ReturningPool returning)
{
    // As many are left for its changes.
    private const int MaxRevision = int.MaxValue / 2;

    /// <summary>Plans a new pool: its nodes' ids, its ports, its numbers, its credentials.</summary>
    /// <exception cref="CommandException">It cannot be; says why.</exception>
    internal async Task<Pool> PlanAsync(CreateOrder order, CancellationToken cancellation)
    {
        Pool pool = PoolText.Read(order.Definition);
        if (pool.Name != order.Pool)
        {
            throw new CommandException(ExitCode.Usage, $"the definition is of the pool \"{pool.Name}\", not \"{order.Pool}\"");
        }

        if (pool.Revision > MaxRevision)
        {
            throw new CommandException(
                ExitCode.Usage, $"the definition's revision is {pool.Revision}: more than {MaxRevision} leaves none for changes");
        }

        try
        {
            pool = await NameNodesAsync(pool, cancellation);
            pool = order.Terms.Existing is "adopt" or "restore" && pool.Layers is null
                ? await returning.TakeUpAsync(pool, cancellation) : pool;
            pool = pool with { Id = pool.Id == Guid.Empty ? Guid.NewGuid() : pool.Id };
            PoolRules.Require(pool, order.Terms.MayShareNodes);
            pool = PoolNumbers.Assign(pool, isNew: true) with
            {
                Revision = Math.Max(1, pool.Revision),
                Credentials = pool.Credentials ?? PoolCredentials.Create(),
            };
            return await ChoosePortsAsync(pool, cancellation);
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.PoolRefused, string.Join("\n  ", exception.Problems));
        }
    }

    /// <summary>Plans a pool's next revision.</summary>
    /// <exception cref="CommandException">There is nothing to be changed, or no such option.</exception>
    internal static Pool Plan(Pool pool, ChangeOrder order)
    {
        ILookup<string, string> given = order.Set.ToLookup(pair => PoolOptions.Canonical(pool, pair.Key), pair => pair.Value);
        if (given.FirstOrDefault(option => option.Distinct().Count() > 1) is { } twice)
        {
            throw new CommandException(
                ExitCode.Usage, $"{twice.Key} is to be {string.Join(" and ", twice)}: which one? It has several names");
        }

        Dictionary<string, string> set = given.ToDictionary(option => option.Key, option => option.First());
        string[] reset = [.. order.Reset.Select(option => PoolOptions.Canonical(pool, option))];
        string[] problems =
            [.. set.Keys.Concat(reset).Select(option => PoolOptions.CheckName(pool, option)).OfType<string>().Distinct()];
        if (problems.Length > 0)
        {
            throw new CommandException(ExitCode.PoolRefused, string.Join("\n  ", problems));
        }

        ImmutableSortedDictionary<string, string> options =
            order.ResetsAll ? pool.Options.Clear() : pool.Options.RemoveRange(reset);
        PoolLayers? layers = order.AddsDistribute ? pool.Layers! with { HasDistribute = true } : pool.Layers;
        return pool with { Options = options.SetItems(set), Layers = layers, Revision = pool.Revision + 1 };
    }

    /// <summary>Plans a pool with another name.</summary>
    /// <exception cref="CommandException">It cannot have this name.</exception>
    internal static Pool Plan(Pool pool, RenameOrder order)
    {
        Pool renamed = pool with { Name = order.Name, Revision = pool.Revision + 1 };
        ImmutableArray<string> problems = pool.Name == order.Name
            ? [$"{pool.Name} has this name already"] : PoolRules.Check(renamed, mayShareNodes: true);
        return problems.IsEmpty ? renamed : throw new CommandException(ExitCode.Usage, string.Join("\n  ", problems));
    }

    /// <summary>Plans a pool that calls one of its nodes by another name.</summary>
    /// <exception cref="CommandException">It has no unit on the node, or cannot call it so.</exception>
    internal static Pool Plan(Pool pool, RenameNodeOrder order)
    {
        string id = order.Node.ToString();
        PoolNode node = PoolText.NodesOf(pool).FirstOrDefault(node => node.Id == id) ?? throw new CommandException(
            ExitCode.PoolRefused, $"{pool.Name} has no unit on the node {order.Name}, {id}");
        Pool renamed = pool.RenameNode(id, order.Name) with { Revision = pool.Revision + 1 };
        ImmutableArray<string> problems = node.Name == order.Name
            ? [$"{pool.Name} calls the node {order.Name} already"] : PoolRules.Check(renamed, mayShareNodes: true);
        return problems.IsEmpty ? renamed : throw new CommandException(ExitCode.PoolRefused, string.Join("\n  ", problems));
    }

    private async Task<Pool> NameNodesAsync(Pool pool, CancellationToken cancellation)
    {
        Dictionary<string, NodeDocument> known = (await nodes.ListAsync(cancellation)).ToDictionary(node => node.Name);
        string[] unknown =
            [.. pool.Units.Select(member => member.Unit.Node.Name).Where(name => !known.ContainsKey(name)).Distinct()];
        return unknown.Length == 0
            ? pool.SelectUnits(unit => unit with { Node = new PoolNode(unit.Node.Name, known[unit.Node.Name].Id.ToString()) })
            : throw new CommandException(
                ExitCode.PoolRefused,
                $"{string.Join(", ", unknown)}: not in the cluster, whose nodes are {string.Join(", ", known.Keys.Order())} " +
                "(kadalu node token prints what a node needs to join)");
    }

    private async Task<Pool> ChoosePortsAsync(Pool pool, CancellationToken cancellation)
    {
        var taken = new Dictionary<string, HashSet<int>>();
        var reports = new List<PortReport>();
        foreach (PoolNode node in PoolText.NodesOf(pool))
        {
            NodeDocument document = await nodes.GetAsync(node.Name, cancellation);
            PortReport report = await clients.AskPortsAsync(document, cancellation);
            reports.Add(report);
            taken[node.Id] = [.. await pools.ListPortsAsync(document.Id, cancellation), .. report.InUse];
        }

        HashSet<int> anywhere =
            [DefaultPorts.Node, .. await pools.ListAllPortsAsync(cancellation), .. reports.SelectMany(report => report.InUse)];
        bool IsEphemeral(int port) => reports.Any(report => port >= report.EphemeralLow && port <= report.EphemeralHigh);
        pool = PortChoice.ChooseOwn(pool, port => !IsEphemeral(port) && !anywhere.Contains(port) &&
            pool.Units.All(member => member.Unit.Port != port));
        return PortChoice.ChooseForUnits(
            pool, (node, port) => !IsEphemeral(port) && port != pool.Port && taken[node.Id].Add(port));
    }
}
