using KadaluFsd.Manager.State;

namespace KadaluFsd.Manager.Nodes;

/// <summary>
/// Which node has a name: no two can. A node has those that pools call it still besides its own. Who changes what a node is called, and who has a pool
/// call it something, writes the reservations of that, even where they stay what they are: of two at once one has to look again.
/// </summary>
/// <param name="store">What the manager knows.</param>
internal sealed class NameReservations(IStateStore store)
{
    private const string Prefix = "name/";

    /// <summary>Finds whose a name is.</summary>
    /// <returns>The node's id; null where it is nobody's.</returns>
    internal async Task<Guid?> FindOwnerAsync(string name, CancellationToken cancellation) =>
        (await FindAsync(name, cancellation))?.Read(NodeDocumentJson.Default.Guid);

    /// <summary>The reservation of a name.</summary>
    /// <returns>Null where it is nobody's.</returns>
    internal Task<StateDocument?> FindAsync(string name, CancellationToken cancellation) =>
        store.FindAsync(StateKind.Cluster, Prefix + name, cancellation);

    /// <summary>The reservations of a node: of its own name, and of those that it has had and that pools call it still.</summary>
    internal async Task<StateDocument[]> ListAsync(Guid node, CancellationToken cancellation) =>
        [.. (await store.ListAsync(StateKind.Cluster, Prefix, cancellation))
            .Where(name => name.Read(NodeDocumentJson.Default.Guid) == node)];

    /// <summary>Finds what is to be written so that names are a node's, and nobody has changed that since.</summary>
    /// <param name="node">The node's id.</param>
    /// <param name="name">The name.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Null where the name is another node's.</returns>
    internal async Task<StateWrite?> HoldAsync(Guid node, string name, CancellationToken cancellation) =>
        await FindAsync(name, cancellation) is not { } found ? Reserve(name, node, 0)
        : found.Read(NodeDocumentJson.Default.Guid) == node ? Keep(found) : null;

    /// <summary>What is to be written so that a name is a node's.</summary>
    /// <param name="name">The name.</param>
    /// <param name="node">The node's id.</param>
    /// <param name="expected">The revision of its reservation; 0 where it is nobody's.</param>
    internal static StateWrite Reserve(string name, Guid node, long expected) =>
        StateWrite.Of(StateKind.Cluster, Prefix + name, expected, node, NodeDocumentJson.Default.Guid);

    /// <summary>What is to be written so that it stays what it is, and who has read it before looks again.</summary>
    internal static StateWrite Keep(StateDocument found) =>
        new(StateKind.Cluster, found.Key, found.Revision, found.Json);

    /// <summary>What is to be written so that the name is nobody's.</summary>
    internal static StateWrite Free(StateDocument found) => new(StateKind.Cluster, found.Key, found.Revision, null);

    /// <summary>Which name a reservation is of.</summary>
    internal static string NameOf(StateDocument found) => found.Key[Prefix.Length..];

    /// <summary>Whether a conflict is about what a node is called.</summary>
    internal static bool IsOf(StateConflictException conflict) => conflict.Write.Kind == StateKind.Cluster &&
        conflict.Write.Key.StartsWith(Prefix, StringComparison.Ordinal);
}
