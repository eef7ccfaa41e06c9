using System.Collections.Immutable;
using System.Diagnostics;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Storage;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Replaces the directory of a unit by an empty one, such as a new disk, and heals it from the other units of its group.
/// </summary>
/// <param name="recovery">Finishes or undoes what killed commands have left.</param>
/// <param name="rejoin">Brings the unit back.</param>
/// <param name="heal">Lists what has to be healed.</param>
/// <param name="say">Gets progress, a line each.</param>
public sealed class UnitReplacement(
    PoolStore store, PoolRecovery recovery, UnitRejoin rejoin, NodeServices services, PoolHeal heal, ThisNode node,
    Action<string> say)
{
    // What is written meanwhile also has to be healed, for a moment.
    private static readonly TimeSpan s_settlesWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Replaces a unit's directory by an empty one at the same path, and starts the unit.</summary>
    /// <param name="address">The unit: <c>NODE:PATH</c>, or its path on this node.</param>
    /// <param name="mayDiscard">Whether the contents of the directory may be moved aside.</param>
    /// <param name="mayBeOnRoot">Whether it may be in the root file system.</param>
    /// <param name="alsoLost">Other units of its group, given like the unit, that have lost their files as well: they need not
    /// run.</param>
    /// <param name="task">The cluster's task that this is a part of; null for none.</param>
    /// <returns>Whether all others are connected, so that everything can be healed.</returns>
    /// <exception cref="CommandException">It cannot be created; the message has all reasons.</exception>
    public async Task<bool> StartAsync(
        string name, string address, bool mayDiscard, bool mayBeOnRoot, string[] alsoLost, Guid? task = null)
    {
        using IDisposable taken = await recovery.LockAsync(name);
        FoundUnit found = Examine(name, address, mayDiscard, mayBeOnRoot);
        (StoredPool stored, PoolMember member, ImmutableArray<string> problems) = (found.Stored, found.Member, found.Problems);
        PoolMember[] lostToo = [.. alsoLost.Select(other => FindAnywhere(stored.Pool, other))];
        (string[] objections, HealList[] lists) =
            await FindObjectionsAsync(stored.Pool, member, lostToo, problems.IsEmpty ? s_settlesWithin : TimeSpan.Zero);
        PoolChecks.ThrowIfAny([.. problems, .. objections]);
        await services.StopUnitAsync(member.Unit.Key(name));
        FaultPoint.Pass("a replaced unit is stopped");
        if (!found.Contents.IsNew)
        {
            using DirectoryLock free = DirectoryLock.Take(member.Unit.Path, out DirectoryLock? held) is var error &&
                held is not null
                ? held : throw new CommandException(
                    ExitCode.PoolRefused,
                    error == Errno.EAGAIN
                        ? $"another process serves {member.Unit.Path}"
                        : $"unit directory {member.Unit.Path}: {error.Describe()}");

            string place = DirectoryDiscard.PlaceFor(member.Unit.Path, DateTime.UtcNow);
            DirectoryDiscard.Move(member.Unit.Path, place);
            say($"what was in {member.Unit.Path} is in {place}");
        }

        found.Directory.Prepare();
        FormerPlaces.Note(stored.Pool, node, say);
        rejoin.Block(stored.Pool, member);
        stored =
            store.Save(
                stored with
                {
                    Replacement = task,
                    IsDrained = stored.IsDrained && node.UnitsOf(stored.Pool).Any(
                        other => other != member && services.Find(other.Unit.Key(name)) is null),
                    Rejoining = [
                    .. stored.Rejoining.Where(unit => unit.Path != member.Unit.Path),
                    new RejoiningUnit(member.Unit.Path, HasFiles: false, IsBesideLost: lostToo.Length > 0)]
                });
        FaultPoint.Pass("a replacement is noted");
        stored = await rejoin.FinishAsync(stored);

        // If another one does not start, this one is started anyway.
        await services.StartUnitAsync(stored.Pool, member);
        string[] missing =
        [
            .. stored.Pool.Members.Where(other => other.Group == member.Group && other != member)
                .Select(other => other.Unit.Address)
                .Where(other => !lists.Any(list => list.Unit == other && list.IsConnected)),
        ];
        if (missing.Length > 0)
        {
            say($"{member.Unit.Address} runs; not all can be healed, and of a mirror not all be read, before these are there " +
                $"as well: {string.Join(", ", missing)}");
        }

        return missing.Length == 0;
    }

    /// <summary>Checks what can be seen on this node at once: not whether it can be healed.</summary>
    /// <param name="address">As for <see cref="StartAsync"/>, with the rest.</param>
    /// <exception cref="CommandException">It cannot be replaced; the message has all reasons.</exception>
    public async Task CheckAsync(string name, string address, bool mayDiscard, bool mayBeOnRoot)
    {
        using IDisposable taken = await recovery.LockAsync(name);
        PoolChecks.ThrowIfAny(Examine(name, address, mayDiscard, mayBeOnRoot).Problems);
    }

    private FoundUnit Examine(string name, string address, bool mayDiscard, bool mayBeOnRoot)
    {
        StoredPool stored = store.Get(name);
        PoolMember member = Find(stored.Pool, address);
        if (stored.State != PoolState.Started)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"the pool \"{name}\" is not started: there is nothing to heal from (kadalu pool start {name})");
        }

        Pool onlyThis =
            stored.Pool with { Groups = [new DistributeGroup(GroupKind.Distribute, [member.Unit])], TieBreaker = null };
        var directory = new PoolDirectories(onlyThis, node);
        ImmutableArray<string> problems = directory.CheckPlaces(mayBeOnRoot);
        DirectoryContents contents = DirectoryContents.Read(member.Unit.Path);
        if (!contents.IsNew && !mayDiscard)
        {
            problems =
                [.. problems, contents.FindObjection(stored.Pool.Id)!,
                    "an empty directory is needed there; --discard moves what is in it aside"];
        }

        if (!contents.IsNew && services.Find(member.Unit.Key(name)) is null &&
            new PendingHeals(member.Unit.Path, member.Role == UnitRole.TieBreaker)
            .Count().Any(kind => kind.Key != "interrupted" && kind.Value > 0))
        {
            problems = problems.Add(
                $"{member.Unit.Path} has what others missed, and does not run: kadalu pool start {name} has it healed onto them");
        }

        return new FoundUnit(stored, member, directory, contents, problems);
    }

    private IEnumerable<string> FindFalselyLost(Pool pool, PoolMember lost, PoolMember[] alsoLost, HealList[] lists) =>
        from other in alsoLost
        let list = lists.FirstOrDefault(list => list.Unit == other.Unit.Address)
        let problem = other == lost || other.Group != lost.Group ? $"is no other unit of the group of {lost.Unit.Address}"
            : list is { IsConnected: true } ? "is there, and has lost nothing"
            : node.Is(pool, other.Unit.Node) && UnitDirectory.IsOf(pool.Id, other.Unit.Path)
                ? $"has its files: kadalu pool start {pool.Name} starts it, so that nothing of it is lost. If they are of no " +
                    "use, move them away first"
            : null
        where problem is not null
        select $"{other.Unit.Address} {problem}";

    private async Task<(string[] Objections, HealList[] Lists)> FindObjectionsAsync(
        Pool pool, PoolMember member, PoolMember[] alsoLost, TimeSpan patience)
    {
        long start = Stopwatch.GetTimestamp();
        for (bool isTold = false; ; isTold = true)
        {
            HealList[] lists = pool.CanHeal ? await heal.ListAsync(pool, onlySplitBrain: false) : [];
            string[] falselyLost = [.. FindFalselyLost(pool, member, alsoLost, lists)];
            string? objection = HealSources.FindObjection(pool, member, lists, alsoLost);

            // Only pending heals pass by themselves.
            if (objection is null || falselyLost.Length > 0 || !pool.CanHeal || Stopwatch.GetElapsedTime(start) > patience)
            {
                return ([.. falselyLost, .. objection is null ? [] : new[] { objection }], lists);
            }

            if (!isTold)
            {
                say($"waiting up to {patience.TotalSeconds} s, since that may pass: {objection}");
            }

            await Task.Delay(s_lookEvery);
        }
    }

    private PoolMember FindAnywhere(Pool pool, string address)
    {
        PoolMember[] found =
            [.. pool.Units.Where(
                member => member.Unit.Address == address || (member.Unit.Path == address && node.Is(pool, member.Unit.Node)))];
        return found.Length == 1 ? found[0] : throw new CommandException(
            ExitCode.PoolRefused,
            $"{pool.Name} has no unit {address}; it has {string.Join(", ", pool.Units.Select(other => other.Unit.Address))}");
    }

    private PoolMember Find(Pool pool, string address)
    {
        PoolMember member = FindAnywhere(pool, address);
        return node.Is(pool, member.Unit.Node) ? member : throw new CommandException(
            ExitCode.PoolRefused,
            $"{address} is on another node (kadalu unit replace {pool.Name} {member.Unit.Address})");
    }

    private sealed record FoundUnit(
        StoredPool Stored, PoolMember Member, PoolDirectories Directory, DirectoryContents Contents,
        ImmutableArray<string> Problems);
}
