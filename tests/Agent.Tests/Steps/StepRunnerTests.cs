using KadaluFsd.Agent.Nodes;
using KadaluFsd.Agent.Steps;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Linux;
using KadaluFsd.Pools;

namespace KadaluFsd.Agent.Tests.Steps;

/// <summary>Steps that have nothing to do need no GlusterFS.</summary>
public sealed class StepRunnerTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly PoolPaths _paths;
    private readonly PoolStore _store;
    private readonly StepRunner _runner;

    public StepRunnerTests()
    {
        _paths = new PoolPaths(_root.FullName);
        _store = new PoolStore(_paths);
        _runner = new StepRunner(_store, () => throw new InvalidOperationException("it is loaded"), _ => { });
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task What_is_done_or_late_or_waits_loads_nothing()
    {
        var step = new StartStep("pool1", Guid.NewGuid(), new StepTurn(7, Guid.NewGuid(), 1), MayDisturbExports: false);
        new StepFence(_paths.Generation(step.PoolId)).Finish(step.Turn);
        Assert.Equal(new StepResult(0), await _runner.RunAsync(step));
        await Assert.ThrowsAsync<KadaluFsd.Contract.CommandException>(
            () => _runner.RunAsync(step with { Turn = step.Turn with { Generation = 6 } }));

        using DirectoryLock? taken = await _store.Locks.LockForStepAsync("pool1", Assert.Fail);
        Task<StepResult?> waiting = _runner.RunAsync(step);
        Assert.Null(await _runner.RunAsync(step).WaitAsync(TimeSpan.FromSeconds(30)));
        taken!.Dispose();
        Assert.NotNull(await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
