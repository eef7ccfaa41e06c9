using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Manager.State;
using Microsoft.Data.Sqlite;

namespace KadaluFsd.Manager.Tests.State;

/// <summary>What the manager knows, on the disk.</summary>
public sealed class SqliteStoreTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private SqliteStore _store = null!;

    private string File => Path.Combine(_directory.FullName, "state", "kadalu.db");

    public Task InitializeAsync()
    {
        _store = SqliteStore.Open(File);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_written_is_found_by_its_key_also_later()
    {
        long first = await PutAsync(StateKind.Pools, "a", 0, "one");
        long second = await PutAsync(StateKind.Pools, "b", 0, "two");
        Assert.True(second > first && first > 0);
        await _store.DisposeAsync();
        _store = SqliteStore.Open(File);
        Assert.Equal(("one", first), await FindAsync(StateKind.Pools, "a"));
        Assert.Null(await FindAsync(StateKind.Nodes, "a"));
        Assert.Null(await FindAsync(StateKind.Pools, "c"));
        Assert.True(await PutAsync(StateKind.Pools, "a", first, "three") > second);
        Assert.Equal("three", (await FindAsync(StateKind.Pools, "a"))!.Value.Json);
    }

    [Fact]
    public async Task Copies_that_a_killed_manager_has_left_go()
    {
        await PutAsync(StateKind.Pools, "a", 0, "one");
        await _store.DisposeAsync();
        string left = $"{File}.{Guid.NewGuid():N}";
        await System.IO.File.WriteAllTextAsync(left, "x");
        string kept = File + ".until-20261130T120000000Z";
        await System.IO.File.WriteAllTextAsync(kept, "x");
        _store = SqliteStore.Open(File);
        Assert.False(System.IO.File.Exists(left));
        Assert.True(System.IO.File.Exists(kept));
        Assert.Equal("one", (await FindAsync(StateKind.Pools, "a"))!.Value.Json);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    public async Task Nothing_is_written_into_a_file_that_nobody_will_find_again(string ending)
    {
        long first = await PutAsync(StateKind.Pools, "a", 0, "one");
        await _store.CheckAsync(default);
        string moved = Path.Combine(_directory.FullName, "moved");
        System.IO.File.Move(File + ending, moved);
        await RefusedAsync();
        await System.IO.File.WriteAllTextAsync(File + ending, "");
        await RefusedAsync();
        System.IO.File.Move(moved, File + ending, overwrite: true);
        await PutAsync(StateKind.Pools, "a", first, "two");

        // What it knows it can still give away.
        System.IO.File.Move(File + ending, moved);
        string backup = Path.Combine(_directory.FullName, "backup.db");
        await _store.BackUpAsync(backup, default);
        await using var copy = SqliteStore.Open(backup);
        Assert.Equal(["a"], (await copy.ListAsync(StateKind.Pools, "", default)).Select(found => found.Key));
    }

    [Fact]
    public async Task Nothing_is_written_into_a_file_that_was_cut()
    {
        await PutAsync(StateKind.Pools, "a", 0, "one");
        using (FileStream file = System.IO.File.OpenWrite(File))
        {
            file.SetLength(100);
        }

        await RefusedAsync();
    }

    [Fact]
    public async Task A_journal_without_its_file_is_not_thrown_away()
    {
        await PutAsync(StateKind.Pools, "a", 0, "one");
        string kept = Path.Combine(_directory.FullName, "kept"), moved = Path.Combine(_directory.FullName, "moved");
        System.IO.File.Copy(File + "-wal", kept);
        await _store.DisposeAsync();
        System.IO.File.Move(File, moved);
        System.IO.File.Copy(kept, File + "-wal");
        CommandException refusal = Assert.Throws<CommandException>(() => SqliteStore.Open(File));
        Assert.Contains($"{File}-wal is there", refusal.Message, StringComparison.Ordinal);
        System.IO.File.Move(moved, File);
        _store = SqliteStore.Open(File);
        Assert.Equal("one", (await FindAsync(StateKind.Pools, "a"))!.Value.Json);
    }

    [Fact]
    public async Task A_list_is_by_key_and_of_what_begins_so()
    {
        foreach (string key in (string[])["node1/2", "node2/1", "node1/10", "node1%/1", "NODE1/1"])
        {
            await PutAsync(StateKind.Ports, key, 0, key);
        }

        Assert.Equal(["NODE1/1", "node1%/1", "node1/10", "node1/2", "node2/1"], await KeysAsync(StateKind.Ports, ""));
        Assert.Equal(["node1/10", "node1/2"], await KeysAsync(StateKind.Ports, "node1/"));
        Assert.Empty(await KeysAsync(StateKind.Ports, "%"));
        foreach (string prefix in (string[])["", "node1/", "%"])
        {
            Assert.Equal(
                (await _store.ListAsync(StateKind.Ports, prefix, default)).Select(found => new StateKey(found.Key, found.Revision)),
                await _store.ListKeysAsync(StateKind.Ports, prefix, default));
        }

        Assert.Empty(await KeysAsync(StateKind.Units, ""));
    }

    [Fact]
    public async Task Of_two_who_change_the_same_thing_the_later_one_is_told()
    {
        long first = await PutAsync(StateKind.Pools, "pool", 0, "one");
        StateConflictException again = await ConflictAsync(Put(StateKind.Pools, "pool", 0, "two"));
        Assert.Equal(("pool", first), (again.Write.Key, again.Actual));
        long second = await PutAsync(StateKind.Pools, "pool", first, "two");
        Assert.Equal(second, (await ConflictAsync(Put(StateKind.Pools, "pool", first, "three"))).Actual);
        Assert.Equal(0, (await ConflictAsync(new StateWrite(StateKind.Pools, "other", first, null))).Actual);
        Assert.Equal(("two", second), await FindAsync(StateKind.Pools, "pool"));
    }

    [Fact]
    public async Task A_commit_is_done_whole_or_not_at_all()
    {
        long first = await PutAsync(StateKind.Ports, "node/24200", 0, "pool1");
        await ConflictAsync(
            Put(StateKind.Pools, "pool2", 0, "two"), new StateWrite(StateKind.Ports, "node/24200", first, null),
            Put(StateKind.Units, "unit", 7, "two"));
        Assert.Null(await FindAsync(StateKind.Pools, "pool2"));
        Assert.Equal(("pool1", first), await FindAsync(StateKind.Ports, "node/24200"));

        long second = await _store.CommitAsync(
            [
                Put(StateKind.Pools, "pool2", 0, "two"), new StateWrite(StateKind.Ports, "node/24200", first, null),
                Put(StateKind.Units, "unit", 0, "two"),
            ], default);
        Assert.Equal(("two", second), await FindAsync(StateKind.Pools, "pool2"));
        Assert.Equal(("two", second), await FindAsync(StateKind.Units, "unit"));
        Assert.Null(await FindAsync(StateKind.Ports, "node/24200"));
        Assert.True(await PutAsync(StateKind.Ports, "node/24200", 0, "pool3") > second);
    }

    [Fact]
    public async Task Of_many_at_once_each_is_written_once()
    {
        long[] revisions = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            number => Task.Run(() => PutAsync(StateKind.Tasks, $"{number:000}", 0, $"{number}"))));
        Assert.Equal(200, revisions.Distinct().Count());
        Assert.Equal(200, (await KeysAsync(StateKind.Tasks, "")).Length);
    }

    [Fact]
    public async Task Too_much_is_refused_before_it_is_written()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => PutAsync(StateKind.Pools, new string('x', StateWrite.MaxKey + 1), 0, ""));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _store.CommitAsync(
            [new StateWrite(StateKind.Pools, "x", 0, new byte[StateWrite.MaxDocument + 1])], default));
        Assert.Empty(await KeysAsync(StateKind.Pools, ""));
    }

    [Fact]
    public async Task Only_the_owner_can_read_any_of_it()
    {
        await PutAsync(StateKind.Cluster, "key", 0, "secret");
        string backup = Path.Combine(_directory.FullName, "backup");
        await _store.BackUpAsync(backup, default);
        string directory = Path.GetDirectoryName(File)!;
        Assert.Equal("700", Mode(directory));
        string[] files = [.. Directory.GetFiles(directory), backup];
        Assert.True(files.Length >= 3, string.Join(" ", files));
        Assert.All(files, file => Assert.Equal("600", Mode(file)));
    }

    [Fact]
    public async Task A_backup_is_the_state_of_one_moment_and_never_replaces_a_file()
    {
        await PutAsync(StateKind.Pools, "before", 0, "one");
        string backup = Path.Combine(_directory.FullName, "elsewhere", "backup.db");
        Directory.CreateDirectory(Path.GetDirectoryName(backup)!);
        await _store.BackUpAsync(backup, default);
        await PutAsync(StateKind.Pools, "after", 0, "two");
        await Assert.ThrowsAsync<CommandException>(() => _store.BackUpAsync(backup, default));
        await using var copy = SqliteStore.Open(backup);
        Assert.Equal(["before"], (await copy.ListAsync(StateKind.Pools, "", default)).Select(found => found.Key));
    }

    [Fact]
    public void Another_process_does_not_get_it()
    {
        CommandException refusal = Assert.Throws<CommandException>(() => SqliteStore.Open(File));
        Assert.Contains("another manager has it", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PRAGMA user_version = 99", "later version")]
    [InlineData("PRAGMA application_id = 7", "another program")]
    public async Task What_this_version_cannot_understand_it_leaves_alone(string change, string reason)
    {
        await PutAsync(StateKind.Pools, "pool", 0, "one");
        await _store.DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // It is one of the two above.
            command.CommandText = change;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        byte[] before = await System.IO.File.ReadAllBytesAsync(File);
        CommandException refusal = Assert.Throws<CommandException>(() => SqliteStore.Open(File));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(File));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public async Task A_damaged_file_is_told_apart_and_says_what_helps(int offset)
    {
        foreach (int number in Enumerable.Range(0, 100))
        {
            await PutAsync(StateKind.Pools, $"pool{number}", 0, new string('x', 1000));
        }

        await _store.DisposeAsync();
        using (FileStream file = System.IO.File.OpenWrite(File))
        {
            file.Seek(offset, SeekOrigin.Begin);
            file.Write(Enumerable.Repeat((byte)0xA5, 4096).ToArray());
        }

        CommandException refusal = Assert.Throws<CommandException>(() => SqliteStore.Open(File));
        Assert.Contains("is damaged", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("kadalu cluster restore", refusal.Message, StringComparison.Ordinal);
    }

    private static StateWrite Put(StateKind kind, string key, long expected, string text) =>
        new(kind, key, expected, Encoding.UTF8.GetBytes(text));

    private Task<long> PutAsync(StateKind kind, string key, long expected, string text) =>
        _store.CommitAsync([Put(kind, key, expected, text)], default);

    private async Task<(string Json, long Revision)?> FindAsync(StateKind kind, string key) =>
        await _store.FindAsync(kind, key, default) is { } found
            ? (Encoding.UTF8.GetString(found.Json.Span), found.Revision) : null;

    private async Task<string[]> KeysAsync(StateKind kind, string prefix) =>
        [.. (await _store.ListAsync(kind, prefix, default)).Select(found => found.Key)];

    private Task<StateConflictException> ConflictAsync(params StateWrite[] writes) =>
        Assert.ThrowsAsync<StateConflictException>(() => _store.CommitAsync(writes, default));

    private static string Mode(string path) => Convert.ToString((int)System.IO.File.GetUnixFileMode(path), 8);

    private async Task RefusedAsync()
    {
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(() => PutAsync(StateKind.Pools, "b", 0, "two"));
        Assert.Contains("is not what this manager has opened any more", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CommandException>(() => _store.CheckAsync(default));
    }
}
