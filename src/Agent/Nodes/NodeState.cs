using System.Text.Json;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Nodes;

/// <summary>What this node can say of its pools without GlusterFS.</summary>
/// <param name="store">The pools of this node.</param>
/// <param name="services">Their processes.</param>
public sealed class NodeState(PoolStore store, NodeServices services)
{
    /// <summary>The pools that it knows, and the directories of its units of them, with the ids that these are to carry.</summary>
    /// <exception cref="CommandException">They cannot be read.</exception>
    public (PoolReport[] Pools, (string Path, Guid Pool)[] Units) ListPools()
    {
        StoredPool[] all = [.. store.LoadAll().Select(stored => stored.Revise())];
        ThisNode node = FindNode();
        return (
            [
                .. all.Select(stored => new PoolReport(
                    stored.Pool.Id, stored.Pool.Name, stored.State.ToString().ToLowerInvariant(), stored.Pool.Revision,
                    PoolRevision.DigestOf(stored.Pool), stored.IsChanging,
                    new StepFence(store.Paths.Generation(stored.Pool.Id)).FindSeenToReport(),
                    stored.IsDrained && node.UnitsOf(stored.Pool).Any(member => IsDown(stored.Pool, member)))),
            ],
            [.. all.SelectMany(stored => node.UnitsOf(stored.Pool), (stored, member) => (member.Unit.Path, stored.Pool.Id))]);
    }

    /// <summary>Ports that are not free here.</summary>
    /// <exception cref="CommandException">The pools cannot be read.</exception>
    public PortReport ListPorts()
    {
        var ports = NodePorts.Read();
        ThisNode node = FindNode();
        IEnumerable<int> given = store.LoadAll().SelectMany(
            stored => node.UnitsOf(stored.Pool).Select(member => member.Unit.Port).Append(stored.Pool.Port));
        return new PortReport([.. ports.Listening.Union(given).Order()], ports.EphemeralLow, ports.EphemeralHigh);
    }

    /// <summary>How a pool is here.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="CommandException">There is none here.</exception>
    public async Task<JsonElement> GetStatusAsync(string name)
    {
        PoolStatus status = store.FindUnusable(name) is { } unusable ? PoolStatus.Of(unusable)
            : await PoolStatus.OfAsync(store.Get(name), services, FindNode());
        return JsonSerializer.SerializeToElement(status, PoolJson.Default.PoolStatus);
    }

    /// <summary>A pool's definition, for another node of it, or the manager.</summary>
    /// <param name="id">The pool's id.</param>
    /// <param name="asker">Who asks.</param>
    /// <exception cref="CommandException">There is none here, or the node has nothing to do with it.</exception>
    public DefinitionAnswer GetDefinition(Guid id, PeerIdentity asker)
    {
        StoredPool? stored = store.LoadAll().FirstOrDefault(stored => stored.Pool.Id == id);
        string node = asker.Node.ToString();
        return stored is not null && (
            asker.Role == ClusterRole.Manager || stored.Pool.Units.Any(member => member.Unit.Node.Id == node))
            ? new DefinitionAnswer(
                stored.State.ToString().ToLowerInvariant(), PoolDocument.WriteElement(stored.Revise().Pool),
                FindSeen(stored.Pool.Id))
            : throw new CommandException(ExitCode.PoolRefused, "there is no such pool here, or it has no unit on that node");
    }

    private bool IsDown(Pool pool, PoolMember member) => services.Find(member.Unit.Key(pool.Name)) is null;

    private long FindSeen(Guid pool) => new StepFence(store.Paths.Generation(pool)).FindSeen();

    private ThisNode FindNode() => ThisNode.Of(store.Paths.Node);
}
