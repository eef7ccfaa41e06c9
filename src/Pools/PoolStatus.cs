using System.Collections.Immutable;
using System.Text.Json.Serialization;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>How a pool is, as far as this node knows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its kind, such as <c>Distributed Mirror</c>.</param>
/// <param name="State"><c>started</c> or <c>stopped</c>; <c>creating</c> or <c>deleting</c> where that broke off, <c>unusable</c>
/// where its definition is.</param>
/// <param name="Revision">How often its definition was changed on this node.</param>
/// <param name="Digest">Of what the definition says; the same on every node that has the same.</param>
/// <param name="IsEdited">Whether the definition was changed by somebody else than this program since it wrote it.</param>
/// <param name="LacksDistribute">Whether its clients are without cluster/distribute, so that a second group would hide
/// directories.</param>
/// <param name="Port">Its port for volfiles; null for none.</param>
/// <param name="SizeBytes">What can be stored in it in all, by the units that answer; null unless one with data does of each
/// group.</param>
/// <param name="AvailableBytes">What can be stored in it still.</param>
/// <param name="IsHealing">Whether files wait for being healed on a unit of this node, or directories for being compared.</param>
/// <param name="HealDaemon">Process id of this node's self-heal daemon; null where none runs.</param>
/// <param name="HealDaemonReasons">Why that is not as it should be; empty where it is, and where the pool needs none.</param>
/// <param name="ToCompare">Directories that it has still to compare on all units: ones that were healed, or were being changed
/// when a unit ended.</param>
/// <param name="HealDaemonPending">What of the pool's options that daemon has only when it starts anew.</param>
/// <param name="Options">Options that were set.</param>
/// <param name="Units">Its units.</param>
public sealed record PoolStatus(
    string Name, Guid Id, string Type, string State, int Revision, string Digest, bool IsEdited, bool LacksDistribute, int? Port,
    long? SizeBytes, long? AvailableBytes, bool IsHealing, int? HealDaemon, string[] HealDaemonReasons, int ToCompare,
    string[] HealDaemonPending,
    IReadOnlyDictionary<string, string> Options, PoolUnitStatus[] Units)
{
    /// <summary>
    /// What is wrong with its definition, of which nothing else is known then; its state is <c>unusable</c>. Null where nothing
    /// is.
    /// </summary>
    public string? Problem { get; private init; }

    /// <summary>Groups of which too many units are down on this node for what is in them to be reached.</summary>
    public string[] GroupProblems { get; private init; } = [];

    /// <summary>How a pool is whose definition is of no use.</summary>
    public static PoolStatus Of(UnusableDefinition definition) =>
        new(definition.Name, Guid.Empty, "Unknown", "unusable", 0, "", false, false, null, null, null, false, null, [], 0, [],
            ImmutableDictionary<string, string>.Empty, [])
        { Problem = definition.Problem };

    /// <summary>Looks how a pool is.</summary>
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
            GroupProblems = stored.State == PoolState.Started ? [.. FindGroupProblems(pool, units)] : [],
        };
    }

    // A mirror of three must have more than half of its units, unless something else is set (afr's quorum-type).
    private static IEnumerable<string> FindGroupProblems(Pool pool, PoolUnitStatus[] units)
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

    // A unit that does not run says so itself.
    private static string[] ReasonsOf(
        StoredPool stored, ThisNode node, NodeServices services, PoolUnitStatus[] units, int? process, HealDaemonStatus? status)
    {
        if (stored.State != PoolState.Started || !stored.Pool.CanHeal || !node.UnitsOf(stored.Pool).Any())
        {
            return [];
        }

        HashSet<string> down = [.. units.Where(unit => unit.State == "down").Select(unit => unit.Path)];
        return process is null
            ? [$"does not run: pool start {stored.Pool.Name} starts it", .. services.DescribeHealDaemonEnd(stored.Pool)]
            : status is null ? ["does not answer"]
            : [.. PoolHeal.FindSwitchedOff(stored.Pool) is { } switchedOff
                ? new[] { $"is switched off ({switchedOff} {stored.Pool.Options[switchedOff]})" } : [],
               .. status.HealedUnits.Where(unit => !unit.IsConnected && !down.Contains(unit.Path)).Select(unit => unit.Problem)];
    }

    /// <summary>What is pending, by the names that are set in a pool.</summary>
    /// <param name="changes">As a process tells them; null where it does not answer.</param>
    public static string[] Named(IReadOnlyList<string>? changes) => [.. (changes ?? []).Select(PendingOptions.NameOf).Distinct()];
}

/// <summary>How a unit of a pool is.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Path">Its directory.</param>
/// <param name="Port">Its port.</param>
/// <param name="Role"><c>data</c>, <c>arbiter</c> or <c>tie-breaker</c>.</param>
/// <param name="Group">Its group's number, from 1; null for a tie-breaker.</param>
/// <param name="Revision">The definition's revision that it runs; null where it does not say.</param>
/// <param name="State">What it says of itself; <c>down</c> where it does not run, <c>no answer</c> where it is starting or hangs,
/// <c>elsewhere</c> on another node.</param>
/// <param name="Reasons">Why it is not ready.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="UptimeSeconds">For how long it has served.</param>
/// <param name="Clients">How many clients it has.</param>
/// <param name="OutdatedClients">Those that fetched their volfile from it, and hold an older one.</param>
/// <param name="PendingHeals">Files that wait for being healed by what it knows.</param>
/// <param name="SizeBytes">Its file system's size, what is reserved taken off.</param>
/// <param name="AvailableBytes">What is available in it still, what is reserved taken off.</param>
/// <param name="Inodes">Its file system's inodes.</param>
/// <param name="FreeInodes">Those that are free.</param>
/// <param name="Pending">What of the pool's options it has only when it starts anew.</param>
public sealed record PoolUnitStatus(
    string Node, string Path, int Port, string Role, int? Group, int? Revision, string State, string[] Reasons, int? ProcessId,
    double? UptimeSeconds, int? Clients, int? OutdatedClients, long? PendingHeals,
    long? SizeBytes, long? AvailableBytes, long? Inodes, long? FreeInodes, string[] Pending)
{
    /// <summary>What names it to people.</summary>
    [JsonIgnore]
    public string Address => $"{Node}:{Path}";

    /// <summary>Looks how a unit is.</summary>
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
            status?.Reasons ?? (process is null && isHere && stored.State == PoolState.Started ? services.DescribeEnd(key) : []),
            process, status?.UptimeSeconds, status?.Clients,
            status?.OutdatedClients, status?.PendingHeals.Values.Sum(), space?.Size, space?.Available,
            (long?)status?.FileSystem?.Inodes, (long?)status?.FileSystem?.FreeInodes,
            PoolStatus.Named(status?.PendingChanges));
    }
}
