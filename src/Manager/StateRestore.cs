using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Manager.Tasks;

namespace KadaluFsd.Manager;

/// <summary>What the manager knows, put back from a backup, or taken away where it is damaged; while no manager runs here.</summary>
public static class StateRestore
{
    private const string Trial = "restore";

    /// <summary>Puts a backup in the place of the state.</summary>
    /// <param name="backup">The backup; it stays as it is.</param>
    /// <param name="files">Where the state is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What was put back.</returns>
    /// <exception cref="CommandException">A manager runs, or the backup is none, is damaged, or is of a later version.</exception>
    public static async Task<RestoredState> RestoreAsync(
        string backup, NodeFiles files, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(time);
        string directory = files.ManagerDirectory;
        string trial = Path.Combine(directory, Trial);
        string copy = Path.Combine(trial, Path.GetFileName(files.ManagerState));
        using DirectoryLock taken = Take(directory);
        Remove(trial);
        try
        {
            SystemRefusal.Guard(trial, () => OwnFiles.CreateDirectory(trial, FileModes.PrivateDirectory));
            SqliteBackup.Copy(backup, copy);
            SqliteBackup.Check(copy);
            RestoredState found;
            await using (var store = SqliteStore.Open(copy))
            {
                found = await PrepareAsync(store, time, cancellation);
            }

            return found with { Before = SqliteBackup.Replace(copy, files.ManagerState, time.GetUtcNow()) };
        }
        catch (CommandException exception) when (exception.Message.Contains(copy, StringComparison.Ordinal))
        {
            throw new CommandException(exception.Code, exception.Message.Replace(copy, backup, StringComparison.Ordinal));
        }
        finally
        {
            Remove(trial);
        }
    }

    /// <summary>Takes away a state that cannot be read, so that there can be another one.</summary>
    /// <param name="files">Where the state is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Where it is now; null where there was none, or one without nodes, which stays.</returns>
    /// <exception cref="CommandException">A manager runs, or the state can be read, and is of a cluster with nodes.</exception>
    public static async Task<string?> TakeAwayDamagedAsync(
        NodeFiles files, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(time);
        if (!File.Exists(files.ManagerState))
        {
            return null;
        }

        using (Take(files.ManagerDirectory))
        {
            try
            {
                SqliteBackup.Check(files.ManagerState);
            }
            catch (CommandException exception) when (exception.Code == ExitCode.PoolRefused)
            {
                return SqliteBackup.MoveAside(files.ManagerState, time.GetUtcNow());
            }
            catch (CommandException exception)
            {
                // It may be whole, and is not taken away.
                throw new CommandException(
                    exception.Code,
                    $"{exception.Message}: whether the state is damaged is not known, since the system does not let it be " +
                    "read. See what is the matter with its disk or its mode (dmesg, ls -l); if it is lost, move the file away");
            }
        }

        await using var store = SqliteStore.Open(files.ManagerState);
        return (await store.ListAsync(StateKind.Nodes, "", cancellation)).Count == 0 ? null : throw new CommandException(
            ExitCode.PoolRefused,
            $"{files.ManagerState} is the state of a cluster, and can be read: start its manager (systemctl start " +
            "kadalu-manager, or kadalu manager), or move the file away if that cluster is not wanted any more");
    }

    // What an older copy must not do again: let in who has used a token, go on with tasks that are long over, and change their pools.
    private static async Task<RestoredState> PrepareAsync(
        SqliteStore store, TimeProvider time, CancellationToken cancellation)
    {
        using var cluster = new ClusterIdentity(store, time);
        await cluster.OpenAsync(cancellation);
        if (!cluster.IsThere)
        {
            throw new CommandException(ExitCode.PoolRefused, "there is no cluster in this backup");
        }

        var writes = new List<StateWrite>();
        writes.AddRange((await store.ListAsync(StateKind.Tokens, "", cancellation))
            .Select(token => new StateWrite(StateKind.Tokens, token.Key, token.Revision, null)));
        foreach ((TaskDocument task, long revision) in await new TaskBook(store).ListAsync(cancellation))
        {
            if (task.State == TaskState.Running)
            {
                writes.Add(TaskBook.Write(
                    task with
                    {
                        State = TaskState.Failed,
                        Ended = time.GetUtcNow(),
                        Problem = "the manager's state was restored from a backup that was made meanwhile",
                        Code = (int)ExitCode.PoolRefused,
                    },
                    revision));
            }
        }

        KnownPool[] pools = await new PoolRegistry(store).ListAsync(cancellation);
        KnownPool[] interrupted = [.. pools.Where(pool => pool.Record.Task is not null)];
        writes.AddRange(interrupted.Select(
            pool => PoolRegistry.Write(pool, pool.Record with { Task = null, IsOlder = true })));
        await store.CommitAsync(writes, cancellation);
        return new RestoredState(
            cluster.Id, cluster.Host, await new TaskNumbers(store).FindLastAsync(cancellation),
            (await store.ListAsync(StateKind.Nodes, "", cancellation)).Count, pools.Length,
            [.. interrupted.Select(pool => pool.Record.Name)], null);
    }

    private static DirectoryLock Take(string directory)
    {
        SystemRefusal.Guard(directory, () => OwnFiles.CreateDirectory(directory, FileModes.PrivateDirectory));
        return SqliteStore.Take(directory);
    }

    private static void Remove(string trial) => SystemRefusal.Guard(trial, () =>
    {
        if (Directory.Exists(trial))
        {
            Directory.Delete(trial, recursive: true);
        }
    });
}
