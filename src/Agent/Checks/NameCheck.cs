using System.Net;
using System.Net.Sockets;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;

namespace KadaluFsd.Agent.Checks;

/// <summary>Checks from this node whether names of nodes lead to these nodes: clients and self-heal daemons find units by them.</summary>
internal static class NameCheck
{
    // Less than the manager waits for all checks.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(8);

    /// <summary>Checks them.</summary>
    /// <param name="link">What this node shows to others.</param>
    /// <param name="places">All nodes, this one too.</param>
    /// <param name="cancellation">Ends it early.</param>
    internal static async Task<NodeFinding[]> CheckAsync(
        ClusterLink link, IReadOnlyList<NodePlace> places, CancellationToken cancellation)
    {
        if (places.Count == 0)
        {
            return
            [
                NodeFinding.Warning(
                    CheckNames.Names, "the manager has not said yet which nodes there are", "it does when this node reports"),
            ];
        }

        NodeFinding?[] problems = await Task.WhenAll(places.Select(place => CheckAsync(link, place, cancellation)));
        return
        [
            .. problems.OfType<NodeFinding>(),
            NodeFinding.Well(
                CheckNames.Names, $"from here reached by name: {string.Join(", ", places.Select(place => place.Name))}"),
        ];
    }

    /// <summary>Finds out where a name leads.</summary>
    /// <param name="link">What this node shows to others, with the manager where the name is to lead to it.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="cancellation">Ends it early.</param>
    internal static async Task<ReachAnswer> FindAsync(ClusterLink link, ReachQuestion question, CancellationToken cancellation)
    {
        (string[] addresses, string? problem) = await ResolveAsync(question.Host, cancellation);
        if (problem is null)
        {
            try
            {
                using PeerClient client = question.Node is { } place
                    ? link.CreateNodeClient(place.Name, place.Node, new NodePlaces([place])) : link.Manager;
                string path = question.Node is null ? Joining.AuthorityPath : NodePaths.Here;
                await client.AskAsync(HttpMethod.Get, path, null, s_patience, cancellation);
            }
            catch (CommandException exception)
            {
                problem = exception.Message;
            }
        }

        return new ReachAnswer(addresses, problem);
    }

    private static async Task<NodeFinding?> CheckAsync(ClusterLink link, NodePlace place, CancellationToken cancellation)
    {
        if ((await ResolveAsync(place.Name, cancellation)).Problem is { } problem)
        {
            return NodeFinding.Wrong(
                CheckNames.Names, $"{place.Name} has no address here: {problem}",
                $"name it here, in DNS or in /etc/hosts: clients and nodes find units on {place.Name} by that name");
        }

        using PeerClient client = link.CreateNodeClient(place.Name, place.Node, new NodePlaces([place]));
        try
        {
            await client.AskAsync(HttpMethod.Get, NodePaths.Here, null, s_patience, cancellation);
            return null;
        }
        catch (CommandException exception)
        {
            return NodeFinding.Wrong(
                CheckNames.Names, $"{place.Name} is not reached from here: {exception.Message}",
                exception.Code == ExitCode.PeerUnreachable
                    ? $"is {place.Name} up, does its agent run, and is the port {place.Port} open between the nodes?"
                    : "does its name lead to another machine (DNS, /etc/hosts), or has that one left the cluster?");
        }
    }

    private static async Task<(string[] Addresses, string? Problem)> ResolveAsync(string name, CancellationToken cancellation)
    {
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(name, cancellation).WaitAsync(s_patience, cancellation);
            return ([.. found.Select(address => address.ToString())], found.Length > 0 ? null : "none is known");
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            return ([], exception.Message);
        }
        catch (TimeoutException)
        {
            return ([], $"DNS does not answer within {s_patience.TotalSeconds:0} s");
        }
    }
}
