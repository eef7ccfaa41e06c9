using System.Collections.Immutable;
using System.Text.Json.Serialization;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>The state of a pool, as far as this node knows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its kind, such as <c>Distributed Mirror</c>.</param>
/// <param name="State"><c>started</c> or <c>stopped</c>; <c>creating</c> or <c>deleting</c> if that was interrupted,
/// <c>unusable</c> if its definition cannot be read.</param>
/// <param name="Revision">How often its definition was changed on this node.</param>
/// <param name="Digest">The digest of the definition; equal on all nodes with the same definition.</param>
/// <param name="IsEdited">Whether the definition was edited by hand.</param>
/// <param name="LacksDistribute">Whether its clients lack cluster/distribute, so that a second group would hide
/// directories.</param>
/// <param name="Port">Its port for volfiles; null for none.</param>
/// <param name="SizeBytes">Its size, by the units that answer; null if no unit with data of a group does.</param>
/// <param name="AvailableBytes">Its available space.</param>
/// <param name="IsHealing">Whether a unit of this node has files to be healed, or directories to be compared.</param>
/// <param name="HealDaemon">Process id of this node's self-heal daemon; null where none runs.</param>
/// <param name="HealDaemonReasons">Why it is not ready; empty if it is, and if the pool needs none.</param>
/// <param name="ToCompare">Directories that it has to compare on all units: they were healed, or were being changed when a unit
/// ended.</param>
/// <param name="HealDaemonPending">Options that wait for a restart of that daemon.</param>
/// <param name="Options">Options that were set.</param>
/// <param name="Units">Its units.</param>
public sealed record PoolStatus(
    string Name, Guid Id, string Type, string State, int Revision, string Digest, bool IsEdited, bool LacksDistribute, int? Port,
    long? SizeBytes, long? AvailableBytes, bool IsHealing, int? HealDaemon, string[] HealDaemonReasons, int ToCompare,
    string[] HealDaemonPending,
    IReadOnlyDictionary<string, string> Options, PoolUnitStatus[] Units)
{
    /// <summary>
    /// The problem of its definition; nothing else is known then, and the state is <c>unusable</c>. Null for none.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>Where clients fetch its volfile, <c>HOST:PORT</c> of each node.</summary>
    public string[] VolfileServers { get; init; } = [];

    /// <summary>Groups that cannot be used because too many of their units on this node are down.</summary>
    public string[] GroupProblems { get; init; } = [];

    /// <summary>The state of a pool with an unusable definition.</summary>
    public static PoolStatus Of(UnusableDefinition definition) =>
        new(definition.Name, Guid.Empty, "Unknown", "unusable", 0, "", false, false, null, null, null, false, null, [], 0, [],
            ImmutableDictionary<string, string>.Empty, [])
        { Problem = definition.Problem };

    /// <summary>Reads the state of a pool.</summary>
    public static async Task<PoolStatus> OfAsync(StoredPool stored, NodeServices services, ThisNode node)
    {
        Pool pool = stored.Pool;
        PoolUnitStatus[] units =
            await Task.WhenAll(pool.Units.Select(member => PoolUnitStatus.OfAsync(stored, member, services, node)));
        int? healDaemonProcess = services.Find(PoolPaths.HealDaemonKey(pool));
        HealDaemonStatus? healDaemon = await services.AskHealDaemonAsync(pool);
        (long Size, long Available)? space =
            PoolSpace.Of(
                pool,
                [.. units.Select(unit => unit.SizeBytes is { } size ? (size, unit.AvailableBytes!.Value) : ((long, long)?)null)]);
        return new PoolStatus(
            pool.Name, pool.Id, pool.Type, stored.State.ToString().ToLowerInvariant(), pool.Revision, PoolRevision.DigestOf(pool),
            stored.IsEdited,
            pool is { Groups.Length: 1, CanHeal: true, Layers.HasDistribute: false }, pool.Port > 0 ? pool.Port : null,
            space?.Size, space?.Available,
            units.Any(unit => unit.PendingHeals > 0) || healDaemon?.ToCompare > 0, healDaemonProcess,
            ReasonsOf(stored, node, services, units, healDaemonProcess, healDaemon), healDaemon?.ToCompare ?? 0,
            Named(healDaemon?.PendingChanges),
            pool.Options, units)
        {
            VolfileServers = new ClientLines(pool).Addresses,
            GroupProblems = stored.State == PoolState.Started ? [.. FindGroupProblems(pool, units)] : [],
        };
    }

    /// <summary>
    /// Finds the groups that cannot be used. A mirror of three needs more than half of its units, unless something else is set
    /// (afr's quorum-type).
    /// </summary>
    /// <returns>A line for each such group.</returns>
    public static IEnumerable<string> FindGroupProblems(Pool pool, PoolUnitStatus[] units)
    {
        for (int place = 0; place < pool.Groups.Length; place++)
        {
            DistributeGroup group = pool.Groups[place];
            int count = group.Units.Length;
            int needed = group.Kind == GroupKind.Disperse ? group.DataUnits
                : count > 2 && !pool.Options.ContainsKey("cluster.quorum-type") ? (count / 2) + 1
                : 1;
            int down = units.Count(unit => unit.Group == place + 1 && unit.State == "down");
            if (count - down < needed)
            {
                yield return $"group {place + 1} cannot be used: of its {count} units {needed} must be there, and {down} " +
                    $"{(down == 1 ? "is" : "are")} down";
            }
        }
    }

    // A unit that does not run has its own reason.
    private static string[] ReasonsOf(
        StoredPool stored, ThisNode node, NodeServices services, PoolUnitStatus[] units, int? process, HealDaemonStatus? status)
    {
        if (stored.State != PoolState.Started || !stored.Pool.CanHeal || !node.UnitsOf(stored.Pool).Any())
        {
            return [];
        }

        HashSet<string> down = [.. units.Where(unit => unit.State == "down").Select(unit => unit.Path)];
        return process is null
            ? [$"does not run: kadalu pool start {stored.Pool.Name} starts it", .. services.DescribeHealDaemonEnd(stored.Pool)]
            : status is null ? ["does not answer"]
            : [.. PoolHeal.FindSwitchedOff(stored.Pool) is { } switchedOff
                ? new[] { $"is switched off ({switchedOff} {stored.Pool.Options[switchedOff]})" } : [],
               .. status.HealedUnits.Where(unit => !unit.IsConnected && !down.Contains(unit.Path)).Select(unit => unit.Problem)];
    }

    /// <summary>Pending options, by the names that pools have for them.</summary>
    /// <param name="changes">As the process reports them; null where it does not answer.</param>
    public static string[] Named(IReadOnlyList<string>? changes) => [.. (changes ?? []).Select(PendingOptions.NameOf).Distinct()];
}

/// <summary>The state of a unit of a pool.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Path">Its directory.</param>
/// <param name="Port">Its port.</param>
/// <param name="Role"><c>data</c>, <c>arbiter</c> or <c>tie-breaker</c>.</param>
/// <param name="Group">Its group's number, from 1; null for a tie-breaker.</param>
/// <param name="Revision">The revision of the definition that it runs; null if unknown.</param>
/// <param name="State">Its own state; <c>down</c> if it does not run, <c>no answer</c> if it is starting or hangs,
/// <c>elsewhere</c> on another node.</param>
/// <param name="Reasons">Why it is not ready.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="UptimeSeconds">Seconds since it serves.</param>
/// <param name="Clients">How many clients it has.</param>
/// <param name="OutdatedClients">Clients that fetched their volfile from it and hold an older version.</param>
/// <param name="PendingHeals">Files that have to be healed, as it knows.</param>
/// <param name="SizeBytes">The size of its file system without the reserve.</param>
/// <param name="AvailableBytes">The available space without the reserve.</param>
/// <param name="Inodes">Its file system's inodes.</param>
/// <param name="FreeInodes">Those that are free.</param>
/// <param name="Pending">Options that wait for a restart.</param>
public sealed record PoolUnitStatus(
    string Node, string Path, int Port, string Role, int? Group, int? Revision, string State, string[] Reasons, int? ProcessId,
    double? UptimeSeconds, int? Clients, int? OutdatedClients, long? PendingHeals,
    long? SizeBytes, long? AvailableBytes, long? Inodes, long? FreeInodes, string[] Pending)
{
    /// <summary><c>NODE:PATH</c>.</summary>
    [JsonIgnore]
    public string Address => $"{Node}:{Path}";

    /// <summary>Reads the state of a unit.</summary>
    public static async Task<PoolUnitStatus> OfAsync(StoredPool stored, PoolMember member, NodeServices services, ThisNode node)
    {
        Pool pool = stored.Pool;
        string key = member.Unit.Key(pool.Name);
        bool isHere = node.Is(pool, member.Unit.Node);
        int? process = isHere ? services.Find(key) : null;
        UnitStatus? status = process is null ? null : await services.AskAsync(key);
        (long Size, long Available)? space = status?.FileSystem is { } disk ? PoolSpace.WithoutReserve(
            (long)disk.SizeBytes, (long)disk.AvailableBytes, pool.Options.GetValueOrDefault("storage.reserve")) : null;
        return new PoolUnitStatus(
            member.Unit.Node.Name, member.Unit.Path, member.Unit.Port,
            member.Role == UnitRole.TieBreaker ? "tie-breaker" : member.Role.ToString().ToLowerInvariant(),
            member.Group >= 0 ? member.Group + 1 : null, status?.Definition?.Revision,
            status?.State ?? (process is not null ? "no answer" : isHere ? "down" : "elsewhere"),
            status?.Reasons ??
                (process is null && isHere && stored.State == PoolState.Started ? services.DescribeEnd(pool, member) : []),
            process, status?.UptimeSeconds, status?.Clients,
            status?.OutdatedClients, status?.PendingHeals.Values.Sum(), space?.Size, space?.Available,
            (long?)status?.FileSystem?.Inodes, (long?)status?.FileSystem?.FreeInodes,
            [.. PoolStatus.Named(status?.PendingChanges), .. await services.FindPendingSettingsAsync(pool, member)]);
    }
}
