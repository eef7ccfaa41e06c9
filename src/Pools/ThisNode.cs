using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Finds out which node of a pool this one is: the one with its id, which a renamed host keeps; in a pool that does not know the
/// id, the one of its name or with one of its addresses.
/// </summary>
public sealed class ThisNode
{
    private readonly Dictionary<string, bool> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<HashSet<IPAddress>> _addresses = new(() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address)]);

    /// <param name="stored">The stored name; null for its host name.</param>
    /// <param name="id">Its id; null for none yet.</param>
    public ThisNode(string? stored, string? id)
    {
        Id = id;
        Node = new PoolNode(stored ?? Environment.MachineName);
        _known[Node.Name] = true;
        _known[Environment.MachineName] = true;
    }

    /// <summary>This node as its files say.</summary>
    /// <param name="files">The files.</param>
    public static ThisNode Of(NodeFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return new ThisNode(files.FindName(), files.FindId());
    }

    /// <summary>Its id; null for none yet.</summary>
    public string? Id { get; }

    /// <summary>This node.</summary>
    public PoolNode Node { get; }

    /// <summary>Whether a node of a pool is this one.</summary>
    /// <returns>False also for a name that cannot be resolved.</returns>
    public bool Is(Pool pool, PoolNode node) =>
        node.Id.Length > 0 && pool.Units.Any(member => HasId(member.Unit.Node)) ? HasId(node) : IsCalled(node.Name);

    /// <summary>Whether this node has a name, or the addresses of that name.</summary>
    /// <returns>False also for a name that cannot be resolved.</returns>
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

    /// <summary>The units of a pool on this node, a tie-breaker included.</summary>
    /// <returns>The units, in order.</returns>
    public IEnumerable<PoolMember> UnitsOf(Pool pool) => pool.Units.Where(member => Is(pool, member.Unit.Node));

    /// <summary>The units of a pool on this node that have its files, or their names: all but a tie-breaker.</summary>
    /// <returns>The units, in order.</returns>
    public IEnumerable<PoolMember> UnitsWithFilesOf(Pool pool) =>
        UnitsOf(pool).Where(member => member.Role != UnitRole.TieBreaker);

    /// <summary>Checks that the pool has a unit on this node: otherwise a command would do nothing and look successful.</summary>
    /// <exception cref="CommandException">It has none; the message says how this node is known.</exception>
    public void Require(Pool pool)
    {
        if (!UnitsOf(pool).Any())
        {
            string nodes = string.Join(", ", pool.Units.Select(member => member.Unit.Node.Name).Distinct());
            throw new CommandException(
                ExitCode.PoolRefused,
                $"no unit of \"{pool.Name}\" is on this node, {Node.Name}{(Id is null ? "" : $" with the id {Id}")}, but on " +
                $"{nodes}");
        }
    }

    /// <summary>Whether a node's name has an address.</summary>
    public static bool HasAddress(string name) => Resolve(name).Length > 0;

    private static IPAddress[] Resolve(string name)
    {
        try
        {
            return PoolRules.IsHost(name) ? Dns.GetHostAddresses(name) : [];
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            // It is unknown, or an address that no machine has, such as 0.0.0.0.
            return [];
        }
    }
}
