using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Which of a pool's nodes this one is: the one with its id, which a host keeps that is renamed; in a pool that does not know
/// that id, the one of its name or with one of its addresses.
/// </summary>
public sealed class ThisNode
{
    private readonly Dictionary<string, bool> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<HashSet<IPAddress>> _addresses = new(() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address)]);

    /// <summary>Finds out.</summary>
    /// <param name="given">The name that it is given now; null for none.</param>
    /// <param name="stored">The name that it was given before; null for none: then it goes by its host name.</param>
    /// <param name="id">Its id; null for none yet.</param>
    public ThisNode(string? given, string? stored, string? id)
    {
        Given = given;
        Id = id;
        Node = new PoolNode(given ?? stored ?? Environment.MachineName);
        _known[Node.Name] = true;
        _known[Environment.MachineName] = true;
    }

    /// <summary>The name that it is given now; null for none.</summary>
    public string? Given { get; }

    /// <summary>Its id; null for none yet.</summary>
    public string? Id { get; }

    /// <summary>This node.</summary>
    public PoolNode Node { get; }

    /// <summary>Whether a node of a pool is this one.</summary>
    /// <returns>Whether it is; no for a name that nobody can resolve.</returns>
    public bool Is(Pool pool, PoolNode node) =>
        node.Id.Length > 0 && pool.Units.Any(member => HasId(member.Unit.Node)) ? HasId(node) : IsCalled(node.Name);

    /// <summary>Whether this node has a name, or the addresses of that name.</summary>
    /// <returns>Whether it has; no for a name that nobody can resolve.</returns>
    public bool IsCalled(string name)
    {
        if (!_known.TryGetValue(name, out bool isThis))
        {
            isThis = Resolve(name).Any(address => IPAddress.IsLoopback(address) || _addresses.Value.Contains(address));
            _known[name] = isThis;
        }

        return isThis;
    }

    /// <summary>Whether a node has this one's id.</summary>
    public bool HasId(PoolNode node) => Id is not null && string.Equals(node.Id, Id, StringComparison.OrdinalIgnoreCase);

    /// <summary>The units of a pool that are on this node, a tie-breaker among them.</summary>
    /// <returns>The units, in order.</returns>
    public IEnumerable<PoolMember> UnitsOf(Pool pool) => pool.Units.Where(member => Is(pool, member.Unit.Node));

    /// <summary>
    /// Makes sure that something of a pool is on this node: otherwise there would be nothing to do, and it would look as if it
    /// had been done.
    /// </summary>
    /// <exception cref="CommandException">Nothing is; says how this node is known.</exception>
    public void Require(Pool pool)
    {
        if (!UnitsOf(pool).Any())
        {
            string nodes = string.Join(", ", pool.Units.Select(member => member.Unit.Node.Name).Distinct());
            throw new CommandException(
                ExitCode.PoolRefused,
                $"no unit of \"{pool.Name}\" is on this node, {Node.Name}{(Id is null ? "" : $" with the id {Id}")}, but on " +
                $"{nodes}: --node NAME says which of them this one is");
        }
    }

    private static IPAddress[] Resolve(string name)
    {
        try
        {
            return PoolRules.IsHost(name) ? Dns.GetHostAddresses(name) : [];
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            // Nobody knows it, or it is an address that no machine has, such as 0.0.0.0.
            return [];
        }
    }
}
