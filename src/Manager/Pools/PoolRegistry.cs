using System.Collections.Concurrent;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Pools;

/// <summary>The pools of the cluster, with what they have reserved: their names, the places of their units, and ports.</summary>
/// <param name="store">What the manager knows.</param>
internal sealed class PoolRegistry(IStateStore store)
{
    // Which pool has a name: no two can.
    private const string NamePrefix = "pool/";

    // Definitions are read once for each revision: reports of nodes are compared with all of theirs every few seconds.
    private readonly ConcurrentDictionary<string, KnownPool> _read = new();

    // In the place of a node: what is the same on all of them.
    private const string EveryNode = "*";

    /// <summary>Finds a pool.</summary>
    /// <returns>Null where there is none.</returns>
    internal async Task<KnownPool?> FindAsync(string name, CancellationToken cancellation)
    {
        StateDocument? place = await store.FindAsync(StateKind.Cluster, NamePrefix + name, cancellation);
        return place is null ? null : await FindAsync(place.Read(PoolRecordJson.Default.Guid), cancellation);
    }

    /// <summary>Finds a pool by its id.</summary>
    /// <returns>Null where there is none.</returns>
    internal async Task<KnownPool?> FindAsync(Guid id, CancellationToken cancellation) =>
        await store.FindAsync(StateKind.Pools, id.ToString(), cancellation) is { } found ? Read(found) : null;

    /// <summary>A pool that must be there.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    internal async Task<KnownPool> GetAsync(string name, CancellationToken cancellation) =>
        await FindAsync(name, cancellation) ?? throw new CommandException(
            ExitCode.PoolRefused, $"there is no pool \"{name}\" in the cluster (kadalu pool list)");

    /// <summary>All pools.</summary>
    /// <returns>They, by name.</returns>
    internal async Task<KnownPool[]> ListAsync(CancellationToken cancellation)
    {
        IReadOnlyList<StateKey> keys = await store.ListKeysAsync(StateKind.Pools, "", cancellation);
        KnownPool[] known = [.. keys.Select(found => FindRead(found.Key, found.Revision)).OfType<KnownPool>()];
        return
        [
            .. (known.Length == keys.Count ? known : (await store.ListAsync(StateKind.Pools, "", cancellation)).Select(Read))
                .OrderBy(pool => pool.Record.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>How many pools there are.</summary>
    internal async Task<int> CountAsync(CancellationToken cancellation) =>
        (await store.ListKeysAsync(StateKind.Cluster, NamePrefix, cancellation)).Count;

    /// <summary>The pools with units on a node.</summary>
    internal async Task<KnownPool[]> ListOnAsync(Guid node, CancellationToken cancellation)
    {
        IReadOnlyList<StateDocument> units = await store.ListAsync(StateKind.Units, $"{node}/", cancellation);
        var found = new List<KnownPool>();
        foreach (Guid id in units.Select(unit => unit.Read(PoolRecordJson.Default.Guid)).Distinct())
        {
            if (await FindAsync(id, cancellation) is { } known)
            {
                found.Add(known);
            }
        }

        return [.. found];
    }

    /// <summary>Ports that are reserved on a node.</summary>
    internal async Task<HashSet<int>> ListPortsAsync(Guid node, CancellationToken cancellation) =>
        [.. await ListPortsAsync(node.ToString(), cancellation), .. await ListPortsAsync(EveryNode, cancellation)];

    /// <summary>Ports that are reserved anywhere.</summary>
    internal async Task<HashSet<int>> ListAllPortsAsync(CancellationToken cancellation) =>
        [.. await ListPortsAsync(null, cancellation)];

    /// <summary>What is to be written for a new pool.</summary>
    internal static IEnumerable<StateWrite> Add(PoolRecord record, Pool pool) =>
    [
        Write(record, 0),
        StateWrite.Of(StateKind.Cluster, NamePrefix + record.Name, 0, record.Id, PoolRecordJson.Default.Guid),
        .. KeysOf(pool).Select(place => Reserve(place, record.Id)),
    ];

    /// <summary>What is to be written for a pool that changes.</summary>
    internal static StateWrite Write(KnownPool known, PoolRecord record) => Write(record, known.Revision);

    /// <summary>What is to be written for a pool that gets another definition, with another name, units or ports perhaps.</summary>
    internal async Task<IEnumerable<StateWrite>> ReplaceAsync(
        KnownPool known, PoolRecord record, Pool pool, CancellationToken cancellation)
    {
        HashSet<(StateKind, string)> before = [.. KeysOf(known.Pool), (StateKind.Cluster, NamePrefix + known.Record.Name)];
        HashSet<(StateKind, string)> after = [.. KeysOf(pool), (StateKind.Cluster, NamePrefix + record.Name)];
        IEnumerable<StateWrite> gone =
            await FreeAsync(before.Where(place => !after.Contains(place)), record.Id, cancellation);
        return
        [
            Write(known, record), .. gone,
            .. after.Where(place => !before.Contains(place)).Select(place => Reserve(place, record.Id)),
        ];
    }

    /// <summary>What is to be written for a pool that is going to be renamed: it has both names until it is.</summary>
    internal static StateWrite ReserveName(string name, Guid pool) => Reserve((StateKind.Cluster, NamePrefix + name), pool);

    /// <summary>What is to be written when it is, or could not be: the other name is free.</summary>
    internal Task<IEnumerable<StateWrite>> FreeNameAsync(string name, Guid pool, CancellationToken cancellation) =>
        FreeAsync([(StateKind.Cluster, NamePrefix + name)], pool, cancellation);

    /// <summary>What is to be written when a pool is gone: all that it had is free.</summary>
    internal async Task<IEnumerable<StateWrite>> RemoveAsync(KnownPool known, CancellationToken cancellation)
    {
        _read.TryRemove(known.Record.Id.ToString(), out _);
        IEnumerable<StateWrite> places = await FreeAsync(
            KeysOf(known.Pool).Prepend((StateKind.Cluster, NamePrefix + known.Record.Name)), known.Record.Id, cancellation);
        return [new StateWrite(StateKind.Pools, known.Record.Id.ToString(), known.Revision, null), .. places];
    }

    /// <summary>Refuses a name that a pool has.</summary>
    /// <param name="known">The pool of that name; null for none.</param>
    /// <exception cref="CommandException">There is one; says what frees the name where it is being deleted.</exception>
    internal static void RefuseTaken(KnownPool? known)
    {
        if (known is { Record: var record })
        {
            string left = string.Join(", ", record.Left.Select(node => known.FindNode(node)?.Name).OfType<string>());
            throw new CommandException(
                ExitCode.PoolRefused,
                $"there is a pool \"{record.Name}\" already" + (record.Phase != PoolPhase.Deleting ? ""
                    : left.Length == 0 ? $": it is being deleted (kadalu pool delete {record.Name} finishes that)"
                    : $": it is being deleted, and still on {left}. It is gone when these are back, or by kadalu node remove"));
        }
    }

    /// <summary>Says what a conflict with another pool means.</summary>
    /// <returns>Null where it is none of these.</returns>
    internal static string? Explain(StateConflictException conflict) => conflict.Write switch
    {
        { Kind: StateKind.Cluster, Key: var key } when key.StartsWith(NamePrefix, StringComparison.Ordinal) =>
            $"there is a pool \"{key[NamePrefix.Length..]}\" already",
        { Kind: StateKind.Units, Key: var key } => $"/{BehindNode(key)} is a unit of another pool already",
        { Kind: StateKind.Ports, Key: var key } => $"the port {BehindNode(key)} is another pool's",
        _ => null,
    };

    // Those that are this pool's.
    private async Task<IEnumerable<StateWrite>> FreeAsync(
        IEnumerable<(StateKind Kind, string Key)> places, Guid pool, CancellationToken cancellation)
    {
        var writes = new List<StateWrite>();
        foreach ((StateKind kind, string key) in places)
        {
            if (await store.FindAsync(kind, key, cancellation) is { } found && found.Read(PoolRecordJson.Default.Guid) == pool)
            {
                writes.Add(new StateWrite(kind, key, found.Revision, null));
            }
        }

        return writes;
    }

    private static StateWrite Reserve((StateKind Kind, string Key) place, Guid pool) =>
        StateWrite.Of(place.Kind, place.Key, 0, pool, PoolRecordJson.Default.Guid);

    private async Task<IEnumerable<int>> ListPortsAsync(string? node, CancellationToken cancellation) =>
        (await store.ListKeysAsync(StateKind.Ports, node is null ? "" : node + "/", cancellation))
            .Select(found => int.Parse(BehindNode(found.Key), CultureInfo.InvariantCulture));

    private static IEnumerable<(StateKind Kind, string Key)> KeysOf(Pool pool)
    {
        if (pool.Port > 0)
        {
            yield return (StateKind.Ports, KeyOf(EveryNode, pool.Port));
        }

        foreach (PoolUnit unit in pool.Units.Select(member => member.Unit))
        {
            yield return (StateKind.Units, $"{unit.Node.Id}{unit.Path}");
            yield return (StateKind.Ports, KeyOf(unit.Node.Id, unit.Port));
        }
    }

    private static string KeyOf(string node, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{node}/{port}");

    private static string BehindNode(string key) => key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static StateWrite Write(PoolRecord record, long expected) => StateWrite.Of(
        StateKind.Pools, record.Id.ToString(), expected, record, PoolRecordJson.Default.PoolRecord);

    private KnownPool Read(StateDocument found) => FindRead(found.Key, found.Revision) ??
        (_read[found.Key] = new KnownPool(found.Read(PoolRecordJson.Default.PoolRecord), found.Revision));

    private KnownPool? FindRead(string key, long revision) =>
        _read.TryGetValue(key, out KnownPool? known) && known.Revision == revision ? known : null;
}
