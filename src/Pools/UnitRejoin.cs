using System.Diagnostics;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Storage;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Brings units back to their pool that have none of its files, or old ones: before one is started, the others of its group are
/// told that it missed everything, so that it is healed from them and nobody reads from it before. What breaks off goes on when
/// the pool is started.
/// </summary>
/// <param name="store">The pools that are known.</param>
/// <param name="paths">Where files of pools are.</param>
/// <param name="say">Tells people what is going on, a line each.</param>
public sealed class UnitRejoin(
    PoolStore store, PoolVolfiles volfiles, NodeServices services, PoolPaths paths, ThisNode node, Action<string> say)
{
    // Clients try to connect again every three seconds.
    private static readonly TimeSpan s_othersWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_askEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Has all others told, of every unit that comes back. The units that do not come back run afterwards, and the self-heal
    /// daemon.
    /// </summary>
    /// <param name="stored">The pool; its volfiles are on disk.</param>
    /// <returns>The pool, with none left that comes back.</returns>
    /// <exception cref="CommandException">The others of a group are not there; says which, and what to do.</exception>
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

                // Whatever served there before, this is the unit's directory now.
                RecordOf(pool, member).Remove();
            }

            FaultPoint.Pass("a unit is marked");
            stored = store.Save(stored with { Rejoining = stored.Rejoining.Remove(unit) });
        }

        return stored;
    }

    /// <summary>Has a unit refuse to start, whoever starts it, until the others have been told.</summary>
    /// <exception cref="IOException">It cannot be noted.</exception>
    public void Block(Pool pool, PoolMember member) => RecordOf(pool, member).Block();

    // Whether those are there that are needed shows when they are to be told.
    private async Task TryStartAsync(Pool pool, PoolMember member)
    {
        if (UnitDirectory.ReadVolumeId(member.Unit.Path, out _) is Errno.ENOENT or Errno.ENODATA)
        {
            say($"{member.Unit.Address} is not started: its files are gone too. Afterwards: kadalu-fsd pool replace-unit " +
                $"{pool.Name} {member.Unit.Address} --same-path");
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
            // Every client sees that its parts are too old; self-heal daemons are told where to begin.
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
                    : $"{member.Unit.Address}: the others of its group are told that it is empty");
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
                        $"{member.Unit.Address} is not started: the other units of its group could not be told that it misses " +
                        $"files ({exception.Message}). " +
                        $"Once they run (kadalu-fsd pool start {pool.Name} on {where}): kadalu-fsd pool start {pool.Name} here");
                }

                await Task.Delay(s_askEvery);
            }
        }
    }
}
