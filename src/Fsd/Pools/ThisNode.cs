using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Pools;

/// <summary>Which of a pool's nodes this one is: the one of its name, or with one of its addresses.</summary>
internal sealed class ThisNode
{
    private readonly Dictionary<string, bool> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<HashSet<IPAddress>> _addresses = new(() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(device => device.GetIPProperties().UnicastAddresses).Select(address => address.Address)]);

    /// <summary>Finds out.</summary>
    /// <param name="name">The node's name, where it goes by another one than its host name; null for that.</param>
    internal ThisNode(string? name)
    {
        Node = new PoolNode(name ?? Environment.MachineName);
        _known[Node.Name] = true;
        _known[Environment.MachineName] = true;
    }

    /// <summary>This node.</summary>
    internal PoolNode Node { get; }

    /// <summary>Whether a node is this one.</summary>
    /// <param name="node">The node.</param>
    /// <returns>Whether it is; no for a name that nobody can resolve.</returns>
    internal bool Is(PoolNode node)
    {
        if (!_known.TryGetValue(node.Name, out bool isThis))
        {
            isThis = Resolve(node.Name).Any(address => IPAddress.IsLoopback(address) || _addresses.Value.Contains(address));
            _known[node.Name] = isThis;
        }

        return isThis;
    }

    /// <summary>The units of a pool that are on this node, a tie-breaker among them.</summary>
    /// <param name="pool">The pool.</param>
    /// <returns>The units, in order.</returns>
    internal IEnumerable<PoolMember> UnitsOf(Pool pool) => pool.Units.Where(member => Is(member.Unit.Node));

    private static IPAddress[] Resolve(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            // The latter for names that are too long, and addresses that are nobody's.
            return [];
        }
    }
}
