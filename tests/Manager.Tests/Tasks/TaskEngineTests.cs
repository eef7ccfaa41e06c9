using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Manager.Tasks;
using KadaluFsd.Manager.Tests.Pools;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Manager.Tests.Tasks;

/// <summary>Tasks whose nodes, or whose manager, do not come to an end.</summary>
public sealed class TaskEngineTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _answer;
    private ManagerKnowledge _manager = null!;
    private TestAgent _agent = null!;
    private KnownPool _pool = null!;

    public async Task InitializeAsync()
    {
        _manager = await ManagerKnowledge.CreateAsync();
        _agent = await TestAgent.StartAsync(
            _manager, "server1", ManagerKnowledge.Make("pool1", [Guid.NewGuid()]), step: StepAsync);
        await _manager.Get<NodeRegistry>().PlaceAsync("server1", "127.0.0.1", default);
        _pool = await _manager.AddAsync("pool1", PoolPhase.Started, [_agent.Node]);
    }

    public async Task DisposeAsync()
    {
        await _manager.Get<TaskEngine>().StopAsync();
        await _agent.DisposeAsync();
        await _manager.DisposeAsync();
    }

    [Fact]
    public async Task A_check_that_hangs_is_not_waited_for()
    {
        var time = new FakeTimeProvider();
        var sender = new StepSender(_manager.Get<NodeClients>(), _manager.Get<NodeRegistry>(), time);
        Task<TaskPart> sending = SendAsync(sender, isCheck: true);
        await _told.Task.WaitAsync(s_patience);
        time.Advance(TimeSpan.FromSeconds(99));
        Assert.False(sending.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        TaskPart part = await sending.WaitAsync(s_patience);
        Assert.Equal((PartState.Away, (int)ExitCode.PeerUnreachable), (part.State, part.Code));
        Assert.Contains("has not said within 100 s", part.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_busy_with_an_earlier_step_counts_as_away()
    {
        _answer = """{"failed":{"code":7,"reason":"still busy","isBusy":true}}""";
        TaskPart part = await SendAsync(_manager.Get<StepSender>(), isCheck: false).WaitAsync(s_patience);
        Assert.Equal((PartState.Away, "still busy"), (part.State, part.Problem));
    }

    [Fact]
    public async Task A_command_does_not_wait_for_a_node_that_hangs_while_it_is_told_what_it_has_missed()
    {
        var time = new FakeTimeProvider();
        var orders = new TaskOrders(
            _manager.Get<IStateStore>(), _manager.Get<TaskNumbers>(), _manager.Get<TaskBook>(), _manager.Get<PoolRegistry>(),
            _manager.Get<PoolPlanner>(), _manager.Get<NodeNames>(), _manager.Get<TaskEngine>(), time);
        long telling = await orders.BeginAsync(new CatchUpOrder("pool1", _agent.Node), _pool, default);
        await _told.Task.WaitAsync(s_patience);
        Task<long> ordering = orders.BeginAsync(new StopOrder("pool1"), default);
        int seconds = 0;
        for (; !ordering.IsCompleted && seconds < 120; seconds++)
        {
            await Task.Delay(100);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(await ordering.WaitAsync(s_patience) > telling);
        Assert.InRange(seconds, 30, 60);
        TaskDocument told = (await _manager.Get<TaskBook>().FindAsync(telling, default))!.Value.Task;
        Assert.Contains("server1: away, and told when back", told.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_the_manager_cannot_go_on_with_can_be_abandoned()
    {
        TaskEngine engine = _manager.Get<TaskEngine>();
        TaskBook book = _manager.Get<TaskBook>();

        // It is to be undone, and nothing says what was before.
        var task = new TaskDocument(
            1, Guid.NewGuid(), _pool.Record.Id, new ChangeOrder("pool1", new() { ["a"] = "1" }, [], false, new StepChangeTerms(false, false)),
            _pool.Record.Definition, null, TaskStage.Undoing, TaskState.Running, [new TaskPart(_agent.Node, "server1")],
            OneByOne: false, DateTimeOffset.UtcNow);
        await _manager.Get<IStateStore>().CommitAsync(
            [TaskBook.Write(task, 0), PoolRegistry.Write(_pool, _pool.Record with { Task = 1 })], default);
        engine.Start(1);

        // While a node is waited for, it is the node that is given up.
        await UntilAsync(async () =>
        {
            engine.Abandon(1);
            return (await book.FindAsync(1, default))!.Value.Task.State != TaskState.Running;
        });

        TaskDocument ended = (await book.FindAsync(1, default))!.Value.Task;
        Assert.Equal((TaskState.Failed, (int)ExitCode.InternalError), (ended.State, ended.Code));
        Assert.Contains("abandoned, since the manager could not go on with it", ended.Problem, StringComparison.Ordinal);
        Assert.Null((await _manager.Get<PoolRegistry>().GetAsync("pool1", default)).Record.Task);

        // A new pool is nobody's: what nodes have of it goes.
        var creation = new PoolRecord(Guid.NewGuid(), "new", PoolPhase.Creating, _pool.Record.Definition, 1, []);
        PoolRecord left = TaskCourse.GiveUp(task, creation, "x", DateTimeOffset.UtcNow).Pool!;
        Assert.Equal((PoolPhase.Deleting, null), (left.Phase, left.Task));
        Assert.Equal([_agent.Node], left.Left);
    }

    [Fact]
    public async Task Old_tasks_are_forgotten_whatever_their_numbers_are_but_not_those_that_run()
    {
        TaskBook book = _manager.Get<TaskBook>();
        TaskDocument Make(long number, TaskState state) => new(
            number, Guid.NewGuid(), _pool.Record.Id, new StopOrder("pool1"), _pool.Record.Definition, null, TaskStage.Changing,
            state, [], OneByOne: false, DateTimeOffset.UtcNow);

        // Numbers jump where an earlier manager had higher ones; the last one has more digits than all others.
        long[] numbers = [.. Enumerable.Range(1, 1001).Select(number => 3L * number), 1L << 40];
        await _manager.Get<IStateStore>().CommitAsync(
            [.. numbers.Select(number => TaskBook.Write(Make(number, number == 3 ? TaskState.Running : TaskState.Done), 0))], default);
        Assert.Equal(numbers, (await book.ListAsync(default)).Select(found => found.Task.Id));
        StateWrite[] forgotten = [.. await book.ForgetOldAsync((1L << 40) + 1, default)];
        Assert.Equal(["000000000006", "000000000009"], forgotten.Select(write => write.Key));
        await _manager.Get<IStateStore>().CommitAsync(forgotten, default);
        Assert.Empty(await book.ForgetOldAsync((1L << 40) + 1, default));
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (!await isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private Task<TaskPart> SendAsync(StepSender sender, bool isCheck) => sender.SendAsync(
        new TaskPart(_agent.Node, "server1"),
        new StopStep("pool1", _pool.Record.Id, new StepTurn(1, Guid.NewGuid(), 0)), isCheck, _ => { }, default, default);

    // As an agent does whose step hangs: it says that it is there.
    private async Task StepAsync(HttpContext context)
    {
        _told.TrySetResult();
        try
        {
            while (true)
            {
                await context.Response.WriteAsync((_answer ?? "") + "\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                if (_answer is not null)
                {
                    return;
                }

                await Task.Delay(TimeSpan.FromSeconds(1), context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody reads it any more.
        }
    }
}
