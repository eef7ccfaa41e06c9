using System.Text.Json;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Nodes;

/// <summary>Asks for a pool's newest definition: the manager, and where that does not answer the other nodes of the pool.</summary>
/// <param name="link">What this node can say to them.</param>
/// <param name="places">Where other nodes are, and which certificates of them are good.</param>
internal sealed class NewestDefinition(ClusterLink link, NodePlaces places)
{
    // Clients wait for the unit meanwhile.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>Finds it.</summary>
    /// <param name="known">The pool as this node knows it.</param>
    /// <param name="seen">The number of the latest task of the pool that this node has seen; 0 for none.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The pool, and what is to be of it where the manager says so; null where nobody answers.</returns>
    internal async Task<(Pool Pool, string? State)?> FindAsync(Pool known, long seen, CancellationToken cancellation)
    {
        if (await AskAsync(link.Manager, known, seen, cancellation) is { } answer)
        {
            return answer;
        }

        // Of what another node was told to start or stop it is not known whether it is later than what this one was told.
        IEnumerable<PoolNode> others = known.Units.Select(member => member.Unit.Node).DistinctBy(node => node.Id)
            .Where(node => Guid.TryParse(node.Id, out Guid id) && id != link.Membership.Node);
        (Pool Pool, string State)?[] answers = await Task.WhenAll(others.Select(node => AskNodeAsync(node, known, cancellation)));
        return answers.Where(answer => answer is not null).MaxBy(answer => answer!.Value.Pool.Revision) is { Pool: var newest }
            ? (newest, null) : null;
    }

    private async Task<(Pool Pool, string State)?> AskNodeAsync(PoolNode node, Pool known, CancellationToken cancellation)
    {
        using PeerClient client = link.CreateNodeClient(node.Name, Guid.Parse(node.Id), places);
        return await AskAsync(client, known, seen: 0, cancellation);
    }

    private static async Task<(Pool Pool, string State)?> AskAsync(
        PeerClient client, Pool known, long seen, CancellationToken cancellation)
    {
        try
        {
            byte[] text = await client.AskAsync(
                HttpMethod.Get, $"{NodePaths.Definitions}/{known.Id}", null, s_patience, cancellation);
            DefinitionAnswer? answer = JsonSerializer.Deserialize(text, NodeJson.Default.DefinitionAnswer);
            Pool? pool = answer is null ? null : PoolDocument.Read(answer.Definition);

            // Who knows less than this node does has nothing to say, such as a manager with an older copy of its state: also where only
            // tasks are missing in it that start and stop the pool, and leave its definition as it is.
            return pool is not null && pool.Id == known.Id && pool.Revision >= known.Revision && answer!.Generation >= seen
                ? (pool, answer.State) : null;
        }
        catch (Exception exception) when (exception is CommandException or JsonException or PoolException)
        {
            // It is not there, or does not know.
            return null;
        }
    }
}
