using System.Diagnostics;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Storage;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Brings back units without files, or with old ones: before one is started, the other units of its group are marked that it
/// missed everything, so that it is healed from them and not read before. An interrupted command is continued when the pool is
/// started.
/// </summary>
/// <param name="say">Gets progress, a line each.</param>
public sealed class UnitRejoin(
    PoolStore store, PoolVolfiles volfiles, NodeServices services, PoolPaths paths, ThisNode node, Action<string> say)
{
    // Clients reconnect every three seconds.
    private static readonly TimeSpan s_othersWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_askEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Marks every unit that comes back on the other units of its group. The units that do not come back run afterwards, and the
    /// self-heal daemon.
    /// </summary>
    /// <param name="stored">The pool; its volfiles are on disk.</param>
    /// <returns>The pool, without units that come back.</returns>
    /// <exception cref="CommandException">Other units of a group do not run; the message says which, and what to do.</exception>
    public async Task<StoredPool> FinishAsync(StoredPool stored)
    {
        Pool pool = stored.Pool;
        if (stored.Rejoining.IsEmpty)
        {
            return stored;
        }

        HashSet<string> back = [.. stored.Rejoining.Select(unit => unit.Path)];
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            await (back.Contains(member.Unit.Path) ? services.StopUnitAsync(member.Unit.Key(pool.Name))
                : TryStartAsync(pool, member));
        }

        await services.StartHealDaemonAsync(pool);
        foreach (RejoiningUnit unit in stored.Rejoining)
        {
            PoolMember? member = node.UnitsOf(pool).FirstOrDefault(member => member.Unit.Path == unit.Path);
            if (member is not null)
            {
                await MarkAsync(pool, member, unit);

                // From now on this is the unit's directory.
                RecordOf(pool, member).Remove();
            }

            FaultPoint.Pass("a unit is marked");
            stored = store.Save(stored with { Rejoining = stored.Rejoining.Remove(unit) });
        }

        return stored;
    }

    /// <summary>Prevents a unit from starting until the others are marked.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Block(Pool pool, PoolMember member) => RecordOf(pool, member).Block();

    // Whether the needed units run is found out when they are marked.
    private async Task TryStartAsync(Pool pool, PoolMember member)
    {
        if (UnitDirectory.ReadVolumeId(member.Unit.Path, out _) is Errno.ENOENT or Errno.ENODATA)
        {
            say($"{member.Unit.Address} is not started: its files are gone too. Afterwards: kadalu unit replace " +
                $"{pool.Name} {member.Unit.Address}");
            return;
        }

        try
        {
            await services.StartUnitAsync(pool, member);
        }
        catch (CommandException exception)
        {
            say(exception.Message);
        }
    }

    private UnitRecord RecordOf(Pool pool, PoolMember member) =>
        new(paths.Volfile(member.Unit.Key(pool.Name)), member.Unit.Path, pool.Id);

    private async Task MarkAsync(Pool pool, PoolMember member, RejoiningUnit how)
    {
        if (member.Role == UnitRole.TieBreaker)
        {
            return;
        }

        GroupKind kind = pool.Groups[member.Group].Kind;
        if (how.HasFiles)
        {
            say($"{member.Unit.Address}: all files are compared with the other units', which takes a while");
            AdoptedFiles.Forget(member.Unit.Path, kind);
        }

        if (kind == GroupKind.Disperse)
        {
            // Every client sees that its fragments are too old; the index tells self-heal daemons where to begin.
            new UnitIndex(member.Unit.Path).Add(HiddenDirectory.RootGfid);
            return;
        }

        string name = volfiles.ClientNameOf(pool, member.Unit);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                long marked = await services.Healing.MarkMissedAsync(pool, name, how);
                say(how.HasFiles ? $"{member.Unit.Address}: {marked} files and directories are to be compared"
                    : $"{member.Unit.Address}: the others of its group are marked: it is empty");
                return;
            }
            catch (CommandException exception) when (exception.Code == ExitCode.PeerRefused)
            {
                if (Stopwatch.GetElapsedTime(start) > s_othersWithin)
                {
                    string where =
                        string.Join(
                            ", ",
                            pool.Members.Where(other => other.Group == member.Group && other != member)
                            .Select(other => other.Unit.Node.Name).Distinct());
                    throw new CommandException(
                        ExitCode.PoolRefused,
                        $"{member.Unit.Address} is not started: the other units of its group could not be marked as having " +
                        $"more files ({exception.Message}). " +
                        $"Once they run, on {where}: kadalu pool start {pool.Name}");
                }

                await Task.Delay(s_askEvery);
            }
        }
    }
}
