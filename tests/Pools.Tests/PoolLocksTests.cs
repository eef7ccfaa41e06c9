using KadaluFsd.Linux;

namespace KadaluFsd.Pools.Tests;

/// <summary>Who may change a pool, and what is cleared away first.</summary>
public sealed class PoolLocksTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly PoolPaths _paths;
    private readonly PoolLocks _locks;

    public PoolLocksTests()
    {
        _paths = new PoolPaths(_root.FullName);
        _locks = new PoolLocks(_paths);
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task A_pool_is_changed_by_one_at_a_time_and_others_are_free()
    {
        using (DirectoryLock taken = await _locks.LockAsync("pool1", Assert.Fail))
        {
            Assert.Null(_locks.TryLock("pool1"));
            using DirectoryLock? other = _locks.TryLock("pool2");
            Assert.NotNull(other);
        }

        using DirectoryLock? again = _locks.TryLock("pool1");
        Assert.NotNull(again);
    }

    [Fact]
    public async Task Who_waits_is_let_in_when_the_other_is_done()
    {
        DirectoryLock taken = await _locks.LockAsync("pool1", Assert.Fail);
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<DirectoryLock> waiting = _locks.LockAsync("pool1", said => told.TrySetResult(said));
        Assert.StartsWith(
            $"the pool \"pool1\" is being changed by process {Environment.ProcessId} (",
            await told.Task.WaitAsync(Shared.Patience.Limit), StringComparison.Ordinal);
        Assert.False(waiting.IsCompleted);
        taken.Dispose();
        (await waiting.WaitAsync(Shared.Patience.Limit)).Dispose();
    }

    [Fact]
    public async Task Of_steps_of_a_pool_one_waits_and_others_are_told()
    {
        DirectoryLock taken = (await _locks.LockForStepAsync("pool1", Assert.Fail))!;
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<DirectoryLock?> waiting = _locks.LockForStepAsync("pool1", said => told.TrySetResult(said));
        Assert.Contains("waiting for it", await told.Task.WaitAsync(Shared.Patience.Limit), StringComparison.Ordinal);
        Assert.Null(await _locks.LockForStepAsync("pool1", Assert.Fail).WaitAsync(Shared.Patience.Limit));
        Assert.StartsWith($"process {Environment.ProcessId} (", _locks.DescribeStep("pool1"), StringComparison.Ordinal);
        using DirectoryLock? other = await _locks.LockForStepAsync("pool2", Assert.Fail);
        Assert.NotNull(other);

        taken.Dispose();
        DirectoryLock next = (await waiting.WaitAsync(Shared.Patience.Limit))!;
        Task<DirectoryLock?> last = _locks.LockForStepAsync("pool1", _ => { });
        Assert.False(last.IsCompleted);
        next.Dispose();
        using DirectoryLock? end = await last.WaitAsync(Shared.Patience.Limit);
        Assert.NotNull(end);
    }

    [Fact]
    public async Task What_a_killed_command_left_goes_and_what_another_one_is_writing_stays()
    {
        string left = Left(_paths.Definition("pool1")), leftVolfile = Left(_paths.Volfile("pool1.n.u"));
        string busy = Left(_paths.Definition("pool2")), healer = Left(_paths.Volfile("shd.pool1"));
        using DirectoryLock? other = _locks.TryLock("pool2");
        (await _locks.LockAsync(Assert.Fail)).Dispose();
        Assert.Equal(
            (false, false, false, true), (File.Exists(left), File.Exists(leftVolfile), File.Exists(healer), File.Exists(busy)));
    }

    private static string Left(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string left = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllText(left, "");
        return left;
    }
}
