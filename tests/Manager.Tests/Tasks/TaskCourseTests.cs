using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Tasks;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tests.Tasks;

/// <summary>What becomes of a task when all nodes have answered.</summary>
public sealed class TaskCourseTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] s_nodes = [.. Enumerable.Range(1, 3).Select(_ => Guid.NewGuid())];
    private static readonly Guid s_key = Guid.NewGuid();
    private static readonly StepCreationTerms s_creation = new(true, true, "refuse");
    private static readonly StepChangeTerms s_change = new(false, false);
    private static readonly CreateOrder s_create = new("pool1", Definition(1), s_creation, Starts: true);
    private static readonly ChangeOrder s_set = new("pool1", new() { ["a"] = "1" }, [], false, s_change);

    [Fact]
    public void A_pool_is_checked_created_and_started()
    {
        TaskTurn turn = Next(s_create, TaskStage.Checking, PoolPhase.Creating, "ddd");
        Assert.Equal((TaskStage.Changing, PoolPhase.Creating), (turn.Task.Stage, turn.Pool!.Phase));
        turn = Next(s_create, TaskStage.Changing, PoolPhase.Creating, "ddd");
        Assert.Equal((TaskStage.Running, PoolPhase.Started), (turn.Task.Stage, turn.Pool!.Phase));
        Assert.All(turn.Task.Parts, part => Assert.Equal(PartState.Waits, part.State));
        turn = Next(s_create, TaskStage.Running, PoolPhase.Started, "ddd");
        Assert.Equal((TaskState.Done, 0, null), (turn.Task.State, turn.Task.Code, turn.Pool!.Task));
        turn = Next(s_create with { Starts = false }, TaskStage.Changing, PoolPhase.Creating, "ddd");
        Assert.Equal((TaskState.Done, PoolPhase.Stopped), (turn.Task.State, turn.Pool!.Phase));
    }

    [Theory]
    [InlineData("drd", ExitCode.PoolRefused)]
    [InlineData("dda", ExitCode.PeerUnreachable)]
    public void A_creation_that_one_node_refuses_or_misses_has_left_nothing(string parts, ExitCode code)
    {
        TaskTurn turn = Next(s_create, TaskStage.Checking, PoolPhase.Creating, parts);
        Assert.Equal((TaskState.Failed, (int)code, null), (turn.Task.State, turn.Task.Code, turn.Pool));
    }

    [Fact]
    public void What_several_nodes_say_is_said_once()
    {
        TaskTurn turn = Next(s_set, TaskStage.Checking, PoolPhase.Started, "rra");
        string[] lines = turn.Task.Problem!.Split('\n');
        Assert.StartsWith("node1, node2: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("node3: ", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("drd")]
    [InlineData("dda")]
    public void A_creation_that_fails_half_way_is_undone_everywhere(string parts)
    {
        TaskTurn turn = Next(s_create, TaskStage.Changing, PoolPhase.Creating, parts);
        Assert.Equal((TaskStage.Undoing, PoolPhase.Deleting), (turn.Task.Stage, turn.Pool!.Phase));
        Assert.Equal(s_nodes, turn.Pool.Left);
        Assert.All(turn.Task.Parts, part => Assert.Equal(PartState.Waits, part.State));
        TaskTurn end = TaskCourse.Next(turn.Task with { Parts = Parts("ddd") }, turn.Pool, s_now);
        Assert.Equal((TaskState.Failed, null), (end.Task.State, end.Pool));
        Assert.Contains("what was done is undone", end.Task.Problem, StringComparison.Ordinal);

        // Who is away has it still, perhaps.
        end = TaskCourse.Next(turn.Task with { Parts = Parts("dda") }, turn.Pool, s_now);
        Assert.Equal(s_nodes[2..], end.Pool!.Left);
        Assert.Equal((PoolPhase.Deleting, null), (end.Pool.Phase, end.Pool.Task));
    }

    [Fact]
    public void A_change_is_the_pools_before_the_first_node_is_told_to_make_it()
    {
        TaskTurn turn = Next(s_set, TaskStage.Checking, PoolPhase.Started, "ddd");
        Assert.Equal((TaskStage.Changing, 2), (turn.Task.Stage, RevisionOf(turn.Pool!)));
        Assert.False(turn.Task.OneByOne);
        turn = TaskCourse.Next(
            Task(s_set, TaskStage.Checking, "ddd") with { Parts = [.. Parts("dd"), Parts("ddd")[2] with { Restarts = true }] },
            Pool(PoolPhase.Started), s_now);
        Assert.True(turn.Task.OneByOne);
    }

    [Fact]
    public void A_change_that_a_node_refuses_when_it_is_to_make_it_is_taken_back_at_a_later_revision()
    {
        TaskTurn turn = Next(s_set, TaskStage.Changing, PoolPhase.Started, "drd");
        Assert.Equal((TaskStage.Undoing, 3), (turn.Task.Stage, RevisionOf(turn.Pool!)));
        TaskTurn end = TaskCourse.Next(turn.Task with { Parts = Parts("ddd") }, turn.Pool!, s_now);
        Assert.Equal(
            (TaskState.Failed, (int)ExitCode.PoolRefused, PoolPhase.Started), (end.Task.State, end.Task.Code, end.Pool!.Phase));
    }

    [Fact]
    public void A_node_that_is_away_stops_a_change_unless_that_is_meant()
    {
        TaskTurn turn = Next(s_set, TaskStage.Checking, PoolPhase.Started, "dda");
        Assert.Equal((TaskState.Failed, (int)ExitCode.PeerUnreachable, 1), (turn.Task.State, turn.Task.Code, RevisionOf(turn.Pool!)));
        Assert.Contains("--offline-ok", turn.Task.Problem, StringComparison.Ordinal);

        turn = Next(s_set with { IsOfflineOk = true }, TaskStage.Checking, PoolPhase.Started, "dda");
        Assert.Equal((TaskStage.Changing, 2), (turn.Task.Stage, RevisionOf(turn.Pool!)));
        Assert.Equal([PartState.Waits, PartState.Waits, PartState.Away], turn.Task.Parts.Select(part => part.State));
        turn = Next(s_set with { IsOfflineOk = true }, TaskStage.Changing, PoolPhase.Started, "dda");
        Assert.Equal((TaskState.Done, 0), (turn.Task.State, turn.Task.Code));
        Assert.Contains("node3: away", turn.Task.Problem, StringComparison.Ordinal);

        // It went in the middle of it: the change stays, and the command says that not all have it.
        turn = Next(s_set, TaskStage.Changing, PoolPhase.Started, "dda");
        Assert.Equal((TaskState.Failed, (int)ExitCode.PeerUnreachable), (turn.Task.State, turn.Task.Code));
    }

    [Fact]
    public void What_is_deleted_everywhere_is_gone_and_nowhere_else()
    {
        var order = new DeleteOrder("pool1");
        TaskTurn turn = Next(order, TaskStage.Checking, PoolPhase.Stopped, "ddd");
        Assert.Equal(PoolPhase.Deleting, turn.Pool!.Phase);
        Assert.Equal(s_nodes, turn.Pool.Left);
        Assert.Null(TaskCourse.Next(turn.Task with { Parts = Parts("ddd") }, turn.Pool, s_now).Pool);
        TaskTurn end = TaskCourse.Next(turn.Task with { Parts = Parts("rda") }, turn.Pool, s_now);
        Assert.Equal([s_nodes[0], s_nodes[2]], end.Pool!.Left);

        var late = new CatchUpOrder("pool1", s_nodes[2]);
        TaskDocument telling = Task(late, TaskStage.Changing, "ddd") with { Parts = [Parts("ddd")[2]] };
        end = TaskCourse.Next(telling, end.Pool, s_now);
        Assert.Equal([s_nodes[0]], end.Pool!.Left);
    }

    [Fact]
    public void A_node_that_was_away_is_told_of_the_definition_and_then_of_its_units()
    {
        TaskTurn turn = Next(new CatchUpOrder("pool1", s_nodes[0]), TaskStage.Changing, PoolPhase.Started, "d");
        Assert.Equal(TaskStage.Running, turn.Task.Stage);
        TaskDocument first = turn.Task with { Stage = TaskStage.Changing };
        Assert.IsType<ChangeStep>(TaskSteps.Find(first, Pool(PoolPhase.Started)));
        Assert.IsType<StartStep>(TaskSteps.Find(turn.Task, Pool(PoolPhase.Started)));
        Assert.IsType<DeleteStep>(TaskSteps.Find(first, Pool(PoolPhase.Deleting)));

        // What is not to run does not stand in the way of a change.
        Assert.IsType<StopStep>(TaskSteps.Find(first, Pool(PoolPhase.Stopped)));
        Assert.IsType<ChangeStep>(TaskSteps.Find(turn.Task, Pool(PoolPhase.Stopped)));
    }

    [Fact]
    public void A_node_that_was_away_may_do_what_the_changes_that_it_has_missed_could_do()
    {
        ChangeOrder restarting = s_set with { Terms = new StepChangeTerms(Restart: true, false), IsOfflineOk = true };
        PoolRecord pool = Next(restarting, TaskStage.Changing, PoolPhase.Started, "dda").Pool!;
        pool = TaskCourse.Next(Task(s_set with { IsOfflineOk = true }, TaskStage.Changing, "dda"), pool, s_now).Pool!;
        TaskDocument late = Task(new CatchUpOrder("pool1", s_nodes[2]), TaskStage.Changing, "d");
        Assert.Equal(new StepChangeTerms(true, false), Assert.IsType<ChangeStep>(TaskSteps.Find(late, pool)).Terms);

        // A change that all nodes make is missed by none.
        pool = TaskCourse.Next(Task(s_set, TaskStage.Changing, "ddd"), pool, s_now).Pool!;
        Assert.Null(pool.Missed);
        Assert.Equal(new StepChangeTerms(false, false), Assert.IsType<ChangeStep>(TaskSteps.Find(late, pool)).Terms);
    }

    [Fact]
    public void A_restart_that_a_node_has_missed_is_not_promised()
    {
        TaskTurn turn = Next(new RestartOrder("pool1", true, null), TaskStage.Changing, PoolPhase.Started, "dda");
        Assert.Equal((TaskState.Failed, (int)ExitCode.PeerUnreachable), (turn.Task.State, turn.Task.Code));
        Assert.Contains("node3: away, and not done there", turn.Task.Problem, StringComparison.Ordinal);
        turn = Next(new RestartOrder("pool1", true, null), TaskStage.Checking, PoolPhase.Started, "ddd");
        Assert.True(turn.Task.OneByOne);
    }

    [Fact]
    public void A_node_is_drained_and_resumed_while_its_pool_stays_started()
    {
        foreach (PoolOrder order in (PoolOrder[])[new DrainOrder("pool1", "node1"), new ResumeOrder("pool1", "node1")])
        {
            Assert.Equal(PoolPhase.Started, Next(order, TaskStage.Checking, PoolPhase.Started, "d").Pool!.Phase);
            NodeStep step = TaskSteps.Find(Task(order, TaskStage.Changing, "d"), Pool(PoolPhase.Started))!;
            Assert.Equal(order is DrainOrder ? typeof(DrainStep) : typeof(StartStep), step.GetType());
            TaskTurn missed = Next(order, TaskStage.Changing, PoolPhase.Started, "a");
            Assert.Equal(TaskState.Failed, missed.Task.State);
            Assert.Contains("not done there", missed.Task.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_change_that_no_node_is_there_for_is_refused_even_where_nodes_may_be_away()
    {
        TaskTurn turn = Next(s_set with { IsOfflineOk = true }, TaskStage.Checking, PoolPhase.Started, "aaa");
        Assert.Equal((TaskState.Failed, (int)ExitCode.PeerUnreachable, 1), (turn.Task.State, turn.Task.Code, RevisionOf(turn.Pool!)));
        Assert.Contains("no node of it is there", turn.Task.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_creation_is_taken_back_by_a_later_step_than_the_one_that_has_made_it()
    {
        TaskDocument task = Task(s_create, TaskStage.Changing, "ddd");
        NodeStep made = TaskSteps.Find(task, Pool(PoolPhase.Creating))!;
        NodeStep undone = TaskSteps.Find(task with { Stage = TaskStage.Undoing }, Pool(PoolPhase.Deleting))!;
        Assert.IsType<UndoCreationStep>(undone);
        Assert.Equal((made.Turn.Generation, made.Turn.Task), (undone.Turn.Generation, undone.Turn.Task));
        Assert.True(undone.Turn.Stage > made.Turn.Stage);
    }

    [Fact]
    public void Starting_and_stopping_are_wanted_before_the_first_node_does_it()
    {
        Assert.Equal(
            PoolPhase.Started,
            Next(new StartOrder("pool1", false), TaskStage.Checking, PoolPhase.Stopped, "ddd").Pool!.Phase);
        Assert.Equal(PoolPhase.Stopped, Next(new StopOrder("pool1"), TaskStage.Checking, PoolPhase.Started, "ddd").Pool!.Phase);
        TaskTurn failed = Next(new StartOrder("pool1", false), TaskStage.Changing, PoolPhase.Started, "drd");
        Assert.Equal((TaskState.Failed, PoolPhase.Started), (failed.Task.State, failed.Pool!.Phase));
    }

    [Fact]
    public void A_pool_is_renamed_everywhere_or_nowhere_and_a_node_that_is_away_is_told()
    {
        var order = new RenameOrder("pool1", "pool2");
        Assert.Equal("pool1", Next(order, TaskStage.Checking, PoolPhase.Stopped, "drd").Pool!.Name);
        Assert.Equal("pool1", Next(order, TaskStage.Checking, PoolPhase.Stopped, "dda").Pool!.Name);
        TaskTurn turn = Next(order, TaskStage.Checking, PoolPhase.Stopped, "ddd");
        Assert.Equal((TaskStage.Changing, "pool2", 2), (turn.Task.Stage, turn.Pool!.Name, RevisionOf(turn.Pool)));
        Assert.Equal("pool2", TaskSteps.Find(turn.Task, turn.Pool)!.Pool);

        TaskTurn end = TaskCourse.Next(turn.Task with { Parts = Parts("ddd") }, turn.Pool, s_now);
        Assert.Equal((TaskState.Done, "pool2", PoolPhase.Stopped), (end.Task.State, end.Pool!.Name, end.Pool.Phase));
        end = TaskCourse.Next(
            turn.Task with { Order = order with { IsOfflineOk = true }, Parts = Parts("dda") }, turn.Pool, s_now);
        Assert.Equal((TaskState.Done, "pool2"), (end.Task.State, end.Pool!.Name));

        TaskTurn undone = TaskCourse.Next(turn.Task with { Parts = Parts("drd") }, turn.Pool, s_now);
        Assert.Equal((TaskStage.Undoing, "pool1", 3), (undone.Task.Stage, undone.Pool!.Name, RevisionOf(undone.Pool)));
        NodeStep back = TaskSteps.Find(undone.Task, undone.Pool)!;
        Assert.Equal("pool1", Assert.IsType<RenameStep>(back).Pool);
        end = TaskCourse.Next(undone.Task with { Parts = Parts("ddd") }, undone.Pool, s_now);
        Assert.Equal((TaskState.Failed, "pool1"), (end.Task.State, end.Pool!.Name));
    }

    [Fact]
    public void A_node_gets_its_name_in_a_pool_as_any_change_comes_to_it()
    {
        var order = new RenameNodeOrder("pool1", s_nodes[0], "node1", "node9", MayDisturbExports: true) { IsOfflineOk = true };
        var terms = new StepChangeTerms(Restart: false, MayDisturbExports: true);
        TaskDocument checking = Task(order, TaskStage.Checking, "dda");
        Assert.Equal("call node1 node9 in pool1", checking.What);
        Assert.Equal(terms, Assert.IsType<CheckChangeStep>(TaskSteps.Find(checking, Pool(PoolPhase.Started))).Terms);
        TaskTurn turn = Next(order, TaskStage.Checking, PoolPhase.Started, "dda");
        Assert.Equal((TaskStage.Changing, 2), (turn.Task.Stage, RevisionOf(turn.Pool!)));
        Assert.Equal(terms, Assert.IsType<ChangeStep>(TaskSteps.Find(turn.Task, turn.Pool!)).Terms);

        // Who was away is told what was ordered, with what it may do.
        TaskTurn end = TaskCourse.Next(turn.Task with { Parts = Parts("dda") }, turn.Pool!, s_now);
        Assert.Equal((TaskState.Done, 2, terms), (end.Task.State, RevisionOf(end.Pool!), end.Pool!.Missed));
        TaskTurn undone = TaskCourse.Next(turn.Task with { Parts = Parts("drd") }, turn.Pool!, s_now);
        Assert.Equal((TaskStage.Undoing, 3), (undone.Task.Stage, RevisionOf(undone.Pool!)));
        Assert.IsType<ChangeStep>(TaskSteps.Find(undone.Task, undone.Pool!));
    }

    // d: done, r: refused, a: away.
    [Fact]
    public void A_drain_is_known_until_the_node_starts_its_units_again()
    {
        var drain = new DrainOrder("pool1", "node2");
        PoolRecord pool = TaskCourse.Next(
            Task(drain, TaskStage.Changing, "ddd") with { Parts = [Parts("ddd")[1]] }, Pool(PoolPhase.Started), s_now).Pool!;
        Assert.Equal([false, true, false], s_nodes.Select(pool.IsDrained));

        // A node that is told what it has missed is not started by that.
        TaskDocument told = Task(new CatchUpOrder("pool1", s_nodes[1]), TaskStage.Running, "ddd");
        Assert.IsType<KeepDrainedStep>(TaskSteps.Find(told, pool));
        Assert.IsType<StartStep>(TaskSteps.Find(told with { Order = new CatchUpOrder("pool1", s_nodes[0]) }, pool));
        PoolRecord resumed = TaskCourse.Next(
            Task(new ResumeOrder("pool1", "node2"), TaskStage.Changing, "ddd") with { Parts = [Parts("ddd")[1]] }, pool, s_now).Pool!;
        Assert.Null(resumed.Drained);
        Assert.Null(TaskCourse.Next(Task(new StopOrder("pool1"), TaskStage.Changing, "ddd"), pool, s_now).Pool!.Drained);
        var start = new StartOrder("pool1", MayDisturbExports: false) { IsOfflineOk = true };
        PoolRecord started = TaskCourse.Next(Task(start, TaskStage.Changing, "dad"), pool, s_now).Pool!;
        Assert.Null(started.Drained);
        Assert.IsType<StartStep>(TaskSteps.Find(told, started));
    }

    [Fact]
    public void A_node_that_was_away_when_a_started_pool_is_started_is_behind_until_it_has_done_so()
    {
        var start = new StartOrder("pool1", MayDisturbExports: false) { IsOfflineOk = true };
        PoolRecord pool = TaskCourse.Next(Task(start, TaskStage.Changing, "dda"), Pool(PoolPhase.Started), s_now).Pool!;
        Assert.Equal([s_nodes[2]], pool.Unstarted!);
        var known = new KnownPool(pool, 1);
        var report = new NodeReport(
            Guid.NewGuid(), "node", 1, "1", s_now,
            [new PoolReport(Guid.Empty, "pool1", "started", known.Pool.Revision, known.Digest, IsChanging: false, 7)], 7, []);
        Assert.Equal([false, false, true], s_nodes.Select(node => known.IsBehind(node, report)));
        TaskDocument told = Task(new CatchUpOrder("pool1", s_nodes[2]), TaskStage.Running, "ddd") with { Parts = [Parts("ddd")[2]] };
        Assert.Null(TaskCourse.Next(told, pool, s_now).Pool!.Unstarted);
    }

    [Fact]
    public void A_node_that_could_not_start_a_pool_is_behind_until_it_has_done_so_whatever_else_is_changed()
    {
        var start = new StartOrder("pool1", MayDisturbExports: false);
        PoolRecord drained = Pool(PoolPhase.Started) with { Drained = [s_nodes[2]] };
        PoolRecord pool = TaskCourse.Next(Task(start, TaskStage.Changing, "ddr"), drained, s_now).Pool!;
        Assert.Equal([s_nodes[2]], pool.Unstarted!);
        Assert.Null(pool.Drained);
        Assert.Equal(pool.Unstarted, TaskCourse.Next(Task(s_set, TaskStage.Changing, "ddd"), pool, s_now).Pool!.Unstarted);
        Assert.Equal([s_nodes[1]], Next(s_create, TaskStage.Running, PoolPhase.Started, "drd").Pool!.Unstarted!);
        TaskDocument told = Task(new CatchUpOrder("pool1", s_nodes[2]), TaskStage.Running, "ddr") with { Parts = [Parts("ddr")[2]] };
        Assert.Equal(pool.Unstarted, TaskCourse.Next(told, pool, s_now).Pool!.Unstarted);
    }

    [Fact]
    public void What_a_task_is_doing_is_said_in_small_letters_and_kept_as_it_always_was()
    {
        TaskDocument task = Next(s_set, TaskStage.Changing, PoolPhase.Started, "ddd").Task;
        Assert.Contains("\"state\":\"Done\"", JsonSerializer.Serialize(task, TaskDocumentJson.Default.TaskDocument), StringComparison.Ordinal);
        var info = new TaskInfo(task.Id, task.What, task.State, null, s_now, s_now, [], null, 0, [], 0);
        string text = JsonSerializer.Serialize(info, CommandJson.Default.TaskInfo);
        Assert.Equal("done", (string?)System.Text.Json.Nodes.JsonNode.Parse(text)!["state"]);
        Assert.Equal(TaskState.Done, JsonSerializer.Deserialize(text, CommandJson.Default.TaskInfo)!.State);
    }

    private static TaskPart[] Parts(string states) => [.. states.Select((state, place) => state switch
    {
        'd' => new TaskPart(s_nodes[place], $"node{place + 1}", PartState.Done),
        'r' => new TaskPart(s_nodes[place], $"node{place + 1}", PartState.Failed, "no", (int)ExitCode.PoolRefused),
        _ => new TaskPart(s_nodes[place], $"node{place + 1}", PartState.Away, "silent", (int)ExitCode.PeerUnreachable),
    })];

    private static TaskTurn Next(PoolOrder order, TaskStage stage, PoolPhase phase, string states) =>
        TaskCourse.Next(Task(order, stage, states), Pool(phase), s_now);

    private static TaskDocument Task(PoolOrder order, TaskStage stage, string states) => new(
        7, s_key, Guid.Empty, order, Definition(2), Definition(1), stage, TaskState.Running, Parts(states), OneByOne: false, s_now);

    private static PoolRecord Pool(PoolPhase phase) => new(Guid.Empty, "pool1", phase, Definition(1), 7, []);

    private static int RevisionOf(PoolRecord pool) => PoolText.Read(pool.Definition).Revision;

    private static JsonElement Definition(int revision) => PoolText.Write(new Pool("pool1", Guid.Empty) { Revision = revision });
}
