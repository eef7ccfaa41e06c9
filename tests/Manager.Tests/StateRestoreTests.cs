using System.Text;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Manager.Tasks;
using KadaluFsd.Manager.Tests.Pools;
using Microsoft.Data.Sqlite;

namespace KadaluFsd.Manager.Tests;

/// <summary>What the manager knows, put back from a backup.</summary>
public sealed class StateRestoreTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private ManagerKnowledge _manager = null!;
    private Guid _node;

    public async Task InitializeAsync()
    {
        _manager = await ManagerKnowledge.CreateAsync();
        _node = await _manager.JoinAsync("server1");
    }

    public async Task DisposeAsync()
    {
        await _manager.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_backup_is_put_back_without_what_it_must_not_do_again()
    {
        KnownPool changing = await _manager.AddAsync("pool1", PoolPhase.Started, [_node], task: 1);
        await _manager.AddAsync("pool2", PoolPhase.Started, [_node], port: 24101);
        await _manager.Get<NodeAdmission>().CreateTokenAsync(24010, TimeSpan.FromHours(1), null, default);
        (long number, StateWrite counter) = await _manager.Get<TaskNumbers>().TakeAsync(default);
        var task = new TaskDocument(
            number, Guid.NewGuid(), changing.Record.Id, new StopOrder("pool1"), changing.Record.Definition, null, TaskStage.Changing,
            TaskState.Running, [new TaskPart(_node, "server1")], OneByOne: false, DateTimeOffset.UtcNow);
        await _manager.Get<IStateStore>().CommitAsync([counter, TaskBook.Write(task, 0)], default);
        string backup = await BackUpAsync();

        // In the place of another one.
        await using (var there = SqliteStore.Open(Files.ManagerState))
        {
            await there.CommitAsync([new StateWrite(StateKind.Pools, "other", 0, "1"u8.ToArray())], default);
        }

        RestoredState put = await RestoreAsync(backup);
        Assert.Equal(
            (_manager.Get<ClusterIdentity>().Id, "manager", 1L, 1, 2), (put.Cluster, put.Host, put.Task, put.Nodes, put.Pools));
        Assert.Equal(["pool1"], put.Interrupted);
        Assert.Equal("600", Mode(Files.ManagerState));
        Assert.Equal("600", Mode(put.Before!));
        Assert.Equal(
            [Path.GetFileName(Files.ManagerState), Path.GetFileName(put.Before!)],
            Directory.GetFileSystemEntries(Path.GetDirectoryName(Files.ManagerState)!).Select(Path.GetFileName).Order());

        await using var store = SqliteStore.Open(Files.ManagerState);
        Assert.Empty(await store.ListAsync(StateKind.Tokens, "", default));
        Assert.DoesNotContain(await store.ListAsync(StateKind.Pools, "", default), pool => pool.Key == "other");
        KnownPool pool = await new PoolRegistry(store).GetAsync("pool1", default);
        Assert.Equal((null, true), (pool.Record.Task, pool.Record.IsOlder));
        Assert.False((await new PoolRegistry(store).GetAsync("pool2", default)).Record.IsOlder);
        Assert.Equal(TaskState.Failed, (await new TaskBook(store).FindAsync(1, default))!.Value.Task.State);

        // What was there before is whole.
        await using var before = SqliteStore.Open(Move(put.Before!));
        Assert.Equal("other", Assert.Single(await before.ListAsync(StateKind.Pools, "", default)).Key);
    }

    [Fact]
    public async Task What_is_no_backup_changes_nothing()
    {
        string backup = await BackUpAsync();
        await RestoreAsync(backup);
        byte[] before = await File.ReadAllBytesAsync(Files.ManagerState);

        byte[] damaged = await File.ReadAllBytesAsync(backup);
        Array.Fill<byte>(damaged, 0xA5, damaged.Length / 2, 4096);
        await RefusedAsync("is damaged", damaged);
        await RefusedAsync("is damaged", damaged[..(damaged.Length / 2)]);
        await RefusedAsync("is damaged", Encoding.ASCII.GetBytes(new string('x', 10_000)));
        await RefusedAsync("there is no cluster in this backup", []);
        CommandException missing =
            await Assert.ThrowsAsync<CommandException>(() => RestoreAsync(Path.Combine(_directory.FullName, "nothing")));
        Assert.Equal(ExitCode.SystemRefused, missing.Code);
        Assert.Equal(before, await File.ReadAllBytesAsync(Files.ManagerState));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(Files.ManagerState)!));
    }

    [Fact]
    public async Task A_state_that_is_in_use_is_not_replaced()
    {
        string backup = await BackUpAsync();
        await using var running = SqliteStore.Open(Files.ManagerState);
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(() => RestoreAsync(backup));
        Assert.Contains("another manager has it", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_a_state_that_cannot_be_read_is_taken_away()
    {
        Assert.Null(await TakeAwayAsync());
        await using (SqliteStore.Open(Files.ManagerState))
        {
        }

        // Nothing is in it.
        Assert.Null(await TakeAwayAsync());
        await RestoreAsync(await BackUpAsync());
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(TakeAwayAsync);
        Assert.Contains("can be read", refusal.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Files.ManagerState, new string('x', 10_000));
        string kept = (await TakeAwayAsync())!;
        Assert.False(File.Exists(Files.ManagerState));
        Assert.StartsWith("xxx", await File.ReadAllTextAsync(kept), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_cannot_be_looked_at_is_not_taken_away()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Files.ManagerState)!);
        await File.WriteAllBytesAsync(Files.ManagerState, []);
        SqliteLibrary.Load();
        await using SqliteConnection other = SqliteFile.Connect(Files.ManagerState, isKept: false);
        await using (SqliteCommand command = other.CreateCommand())
        {
            command.CommandText = "BEGIN EXCLUSIVE";
            command.ExecuteNonQuery();
        }

        CommandException refusal = await Assert.ThrowsAsync<CommandException>(TakeAwayAsync);
        Assert.Equal(ExitCode.SystemRefused, refusal.Code);
        Assert.Contains("what is the matter with its disk", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Files.ManagerState));
    }

    [Fact]
    public async Task A_damaged_state_is_renamed_with_its_journal()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Files.ManagerState)!);
        await File.WriteAllTextAsync(Files.ManagerState, new string('x', 10_000));
        await File.WriteAllTextAsync(Files.ManagerState + "-wal", "y");
        Assert.Equal(Errno.None, FileStatus.Read(Files.ManagerState, out FileStatus before));
        string kept = SqliteBackup.MoveAside(Files.ManagerState, DateTimeOffset.UtcNow)!;
        Assert.Equal(Errno.None, FileStatus.Read(kept, out FileStatus after));
        Assert.True(before.IsSameFile(after));
        Assert.Equal("y", await File.ReadAllTextAsync(kept + "-wal"));
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(kept)!).Length);
    }

    [Fact]
    public async Task Whenever_a_restore_is_interrupted_the_old_state_or_the_new_one_is_there_with_its_last_commit()
    {
        // As it is when a manager was killed: the last commit is in the journal only.
        string state = Path.Combine(_directory.FullName, "killed", "state.db");
        Directory.CreateDirectory(Path.GetDirectoryName(state)!);
        await using (var running = SqliteStore.Open(Path.Combine(_directory.FullName, "running", "state.db")))
        {
            await running.CommitAsync([new StateWrite(StateKind.Pools, "old", 0, "1"u8.ToArray())], default);
            CopyAll(Path.Combine(_directory.FullName, "running"), Path.GetDirectoryName(state)!);
        }

        Assert.True(new FileInfo(state + "-wal").Length > 0);
        string copy = Path.Combine(_directory.FullName, "new", "state.db");
        await using (var made = SqliteStore.Open(copy))
        {
            await made.CommitAsync([new StateWrite(StateKind.Pools, "new", 0, "1"u8.ToArray())], default);
        }

        var images = new List<string>();
        string kept = SqliteBackup.Replace(copy, state, DateTimeOffset.UtcNow, point =>
        {
            string image = Path.Combine(_directory.FullName, "images", point);
            CopyAll(Path.GetDirectoryName(state)!, image);
            images.Add(image);
        })!;
        CopyAll(Path.GetDirectoryName(state)!, Path.Combine(_directory.FullName, "images", "end"));
        string[] expected = ["old", "old", "new", "new"];
        string[] found = [.. await Task.WhenAll(images.Append(Path.Combine(_directory.FullName, "images", "end")).Select(OnlyPoolAsync))];
        Assert.Equal(expected, found);
        Assert.Equal("old", await OnlyPoolAsync(Path.GetDirectoryName(Move(kept))!));
    }

    private static async Task<string> OnlyPoolAsync(string directory)
    {
        await using var store = SqliteStore.Open(Path.Combine(directory, "state.db"));
        return Assert.Single(await store.ListAsync(StateKind.Pools, "", default)).Key;
    }

    private static void CopyAll(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private NodeFiles Files => new(Path.Combine(_directory.FullName, "root"));

    private async Task<string> BackUpAsync()
    {
        string path = Path.Combine(_directory.FullName, $"{Guid.NewGuid()}.backup");
        await _manager.Get<IStateStore>().BackUpAsync(path, default);
        return path;
    }

    private string Move(string file)
    {
        string place = Path.Combine(_directory.FullName, "before", "state.db");
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.Move(file, place);
        if (File.Exists(file + "-wal"))
        {
            File.Move(file + "-wal", place + "-wal");
        }

        return place;
    }

    private Task<RestoredState> RestoreAsync(string backup) =>
        StateRestore.RestoreAsync(backup, Files, TimeProvider.System, default);

    private Task<string?> TakeAwayAsync() => StateRestore.TakeAwayDamagedAsync(Files, TimeProvider.System, default);

    private async Task RefusedAsync(string reason, byte[] content)
    {
        string path = Path.Combine(_directory.FullName, "bad");
        await File.WriteAllBytesAsync(path, content);
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(() => RestoreAsync(path));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/restore/", refusal.Message, StringComparison.Ordinal);
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
