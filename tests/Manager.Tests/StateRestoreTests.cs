using System.Text;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Manager.Tasks;
using KadaluFsd.Manager.Tests.Pools;

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
