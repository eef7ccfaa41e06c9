using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Gives a stopped pool of this node another name. From the moment when its definition is there under the new one, whoever comes next goes on with
/// it: nothing of it is taken back. The names of its layers on disks stay, and its units' directories and ports.
/// </summary>
/// <param name="recovery">Takes locks, and finishes what killed commands have left.</param>
/// <param name="say">Gets progress, a line each.</param>
public sealed class PoolRename(
    PoolStore store, PoolVolfiles volfiles, NodeServices services, PoolRecovery recovery, ThisNode node, Action<string> say)
{
    /// <summary>Checks whether a pool can get another name, and changes nothing.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="wanted">It with its new name.</param>
    /// <exception cref="CommandException">It cannot.</exception>
    public async Task CheckAsync(string name, Pool wanted)
    {
        using IDisposable one = await recovery.LockAsync(name);
        Require(store.Get(name), wanted);
        store.RequireSpace(wanted.Name, volfiles.Generate(wanted, node).Values);
    }

    /// <summary>Gives it the name.</summary>
    /// <param name="name">Its name; what was renamed already stays as it is.</param>
    /// <param name="wanted">It with its new name.</param>
    /// <exception cref="CommandException">It cannot be; where it was begun, the next command goes on with it.</exception>
    public async Task RenameAsync(string name, Pool wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        using IDisposable one = await recovery.LockAsync(name);
        if (store.Find(name) is not { } stored || stored.Pool.Id != wanted.Id)
        {
            // The recovery has finished it just now.
            return;
        }

        using DirectoryLock other = await store.Locks.LockAsync(wanted.Name, say);
        Require(stored, wanted);
        await FinishAsync(store, volfiles, services, node, store.Save(stored.With(wanted) with { Former = name }));
    }

    /// <summary>Goes on with a pool whose definition is there under its new name.</summary>
    internal static async Task FinishAsync(
        PoolStore store, PoolVolfiles volfiles, NodeServices services, ThisNode node, StoredPool stored)
    {
        FaultPoint.Pass("a new name is noted");
        Pool before = stored.Pool with { Name = stored.Former! };
        volfiles.Write(volfiles.Generate(stored.Pool, node));
        foreach (PoolMember member in node.UnitsOf(before))
        {
            await services.ForgetUnitAsync(member.Unit.Key(before.Name));
            MoveLocalOptions(store.Paths, member.Unit.Key(before.Name), member.Unit.Key(stored.Pool.Name));
        }

        await services.ForgetHealDaemonAsync(before.Name);
        MoveLocalOptions(store.Paths, PoolPaths.HealDaemonKey(before), PoolPaths.HealDaemonKey(stored.Pool));
        volfiles.Delete(PoolVolfiles.KeysOf(before, node));
        FaultPoint.Pass("an old name is forgotten");
        store.Remove(before.Name);
        FaultPoint.Pass("an old definition is gone");
        store.Save(stored with { Former = null });
    }

    // The administrator's own file for one process goes by its name.
    private static void MoveLocalOptions(PoolPaths paths, string before, string after)
    {
        (string old, string now) = (paths.LocalOptions(before), paths.LocalOptions(after));
        SystemRefusal.Guard(old, () =>
        {
            if (File.Exists(old))
            {
                File.Move(old, now, overwrite: true);
            }
        });
    }

    private void Require(StoredPool stored, Pool wanted)
    {
        Pool pool = stored.Pool;
        node.Require(pool);
        PoolChecks.ThrowIfAny(PoolRules.Check(wanted, mayShareNodes: true));
        PoolChecks.ThrowIfAny([.. FindObjections(stored, pool.Name, wanted.Name)]);
    }

    private IEnumerable<string> FindObjections(StoredPool stored, string old, string now)
    {
        if (stored.State != PoolState.Stopped)
        {
            yield return $"{old} is started on this node: kadalu pool stop {old} before";
        }

        ImmutableArray<string> running =
            [.. PoolVolfiles.KeysOf(stored.Pool, node).Skip(1).Where(key => services.Find(key) is not null)];
        if (!running.IsEmpty)
        {
            yield return $"processes of {old} run still ({string.Join(", ", running)}): kadalu pool stop {old} ends them";
        }

        if (store.FindUnusable(now) is { } unusable)
        {
            yield return $"{unusable.Problem}: this name is taken on this node";
        }
        else if (store.Find(now) is not null)
        {
            yield return $"there is a pool \"{now}\" on this node already";
        }

        if (new NfsExports(store.Paths.Ganesha).Find(old) is not null)
        {
            yield return $"NFS-Ganesha exports {old}, and its clients would lose it: kadalu pool unexport nfs {old} " +
                "before";
        }

        if (new SambaShares(store.Paths.Samba).Find(old) is not null)
        {
            yield return $"Samba shares {old}, and its clients would lose it: kadalu pool unexport smb {old} before";
        }
    }
}
