using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;

namespace KadaluFsd.Manager.Nodes;

/// <summary>
/// Checks that a name or an address leads where it is to lead, from this node and from all others: each has an <c>/etc/hosts</c> of its own.
/// </summary>
/// <param name="nodes">The nodes.</param>
/// <param name="clients">Asks them.</param>
/// <param name="options">Where this manager serves.</param>
internal sealed class NameReach(NodeRegistry nodes, NodeClients clients, ManagerOptions options)
{
    /// <summary>Checks that all nodes find a node by the name that it is to get; it finds itself by that as well.</summary>
    /// <param name="renamed">The node as it is to be.</param>
    /// <param name="called">What it is called now.</param>
    /// <param name="isOfflineOk">Whether nodes that do not answer are left out.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">A node does not; says which, and where the name leads there.</exception>
    internal async Task CheckNameAsync(
        NodeDocument renamed, string called, bool isOfflineOk, CancellationToken cancellation)
    {
        NodeDocument[] all = await nodes.ListAsync(cancellation);
        await CheckHereAsync(renamed, renamed.Name, called, cancellation);
        await AskAsync(
            [.. all.Select(node => node.Id == renamed.Id ? renamed with { Name = called, Address = renamed.Host } : node)],
            new ReachQuestion(renamed.Name, PlaceOf(renamed)), called, isOfflineOk, cancellation);
    }

    /// <summary>Checks that all other nodes find a node's agent at the address that it is to have.</summary>
    /// <param name="placed">The node as it is to be.</param>
    /// <param name="isOfflineOk">Whether nodes that do not answer are left out.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">A node does not; says which, and where the address leads there.</exception>
    internal async Task CheckAddressAsync(NodeDocument placed, bool isOfflineOk, CancellationToken cancellation)
    {
        NodeDocument[] all = await nodes.ListAsync(cancellation);
        await CheckHereAsync(placed, placed.Host, placed.Name, cancellation);
        await AskAsync(
            [.. all.Where(node => node.Id != placed.Id)], new ReachQuestion(placed.Host, PlaceOf(placed)), placed.Name,
            isOfflineOk, cancellation);
    }

    /// <summary>Checks that all nodes find this manager somewhere: what leads elsewhere would cut them off.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="isOfflineOk">Whether nodes that do not answer are left out.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">A node does not; says which, and where the name leads there.</exception>
    internal async Task CheckManagerAsync(string host, bool isOfflineOk, CancellationToken cancellation)
    {
        await clients.CheckManagerAsync(host, options.ParseListen().Port, cancellation);
        await AskAsync(
            await nodes.ListAsync(cancellation), new ReachQuestion(host, null), "the manager", isOfflineOk, cancellation);
    }

    private static NodePlace PlaceOf(NodeDocument node) =>
        new(node.Id, node.Name, node.Port, node.Address, node.Certificates);

    private async Task CheckHereAsync(NodeDocument node, string host, string called, CancellationToken cancellation)
    {
        try
        {
            await clients.CheckHereAsync(node, cancellation);
        }
        catch (CommandException exception)
        {
            throw new CommandException(
                exception.Code,
                $"{host} does not lead to {called}: {exception.Message}; nothing was changed. All nodes and clients have to " +
                "find it by that before (DNS, /etc/hosts), and its agent has to run");
        }
    }

    private async Task AskAsync(
        NodeDocument[] asked, ReachQuestion question, string wanted, bool isOfflineOk, CancellationToken cancellation)
    {
        (string? Elsewhere, string? Silence)[] said =
            await Task.WhenAll(asked.Select(node => AskAsync(node, question, wanted, cancellation)));
        string[] elsewhere = [.. said.Select(each => each.Elsewhere).OfType<string>()];
        string[] silent = isOfflineOk ? [] : [.. said.Select(each => each.Silence).OfType<string>()];
        if (elsewhere.Length + silent.Length == 0)
        {
            return;
        }

        string toDo = elsewhere.Length == 0 ? ""
            : $"; name {question.Host} there before, in DNS or in /etc/hosts, so that it leads to {wanted}";
        string without = silent.Length == 0 ? "" : "; --offline-ok leaves out nodes that do not answer";
        throw new CommandException(
            elsewhere.Length > 0 ? ExitCode.PoolRefused : ExitCode.PeerUnreachable,
            $"{question.Host} does not lead to {wanted} from all nodes, as far as they say:\n  " +
            string.Join("\n  ", [.. elsewhere, .. silent]) + $"\n  nothing was changed{toDo}{without}");
    }

    // One of the two; neither where it leads there.
    private async Task<(string? Elsewhere, string? Silence)> AskAsync(
        NodeDocument node, ReachQuestion question, string wanted, CancellationToken cancellation)
    {
        try
        {
            ReachAnswer answer = await clients.AskReachAsync(node, question, cancellation);
            return answer switch
            {
                { Problem: null } => (null, null),
                { Addresses.Length: 0 } => ($"from {node.Name} {question.Host} has no address: {answer.Problem}", null),
                _ => (
                    $"from {node.Name} {question.Host} leads to {string.Join(", ", answer.Addresses)}, and {wanted} is not " +
                    $"found there: {answer.Problem}", null),
            };
        }
        catch (CommandException exception)
        {
            return (null, $"{node.Name} does not say where {question.Host} leads from there: {exception.Message}");
        }
    }
}
