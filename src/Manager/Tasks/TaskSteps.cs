using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Manager.Pools;

namespace KadaluFsd.Manager.Tasks;

/// <summary>What a node does in each stage of a task: always the same for the same task, so that it can be said again.</summary>
internal static class TaskSteps
{
    private static readonly StepChangeTerms s_harmless = new(Restart: false, MayDisturbExports: false);

    /// <summary>Finds it.</summary>
    /// <param name="task">The task, at its stage.</param>
    /// <param name="phase">What is to be of the pool.</param>
    /// <returns>Null where the node has only to be there.</returns>
    internal static NodeStep? Find(TaskDocument task, PoolPhase phase)
    {
        (string pool, Guid id, long number) = (task.Order.Pool, task.PoolId, task.Id);
        return (task.Order, task.Stage) switch
        {
            (CreateOrder create, TaskStage.Checking) => new CheckCreationStep(pool, id, number, task.Definition, create.Terms),
            (CreateOrder create, TaskStage.Changing) => new CreateStep(pool, id, number, task.Definition, create.Terms),
            (CreateOrder, TaskStage.Running) => new StartStep(pool, id, number, MayDisturbExports: false),
            (CreateOrder, TaskStage.Undoing) => new DeleteStep(pool, id, number),
            (ChangeOrder change, TaskStage.Checking) => new CheckChangeStep(pool, id, number, task.Definition, change.Terms),
            (ChangeOrder change, TaskStage.Changing) => new ChangeStep(pool, id, number, task.Definition, change.Terms),
            (ChangeOrder change, TaskStage.Undoing) => new ChangeStep(pool, id, number, Undo(task), change.Terms),
            (StartOrder start, TaskStage.Changing) => new StartStep(pool, id, number, start.MayDisturbExports),
            (StopOrder, TaskStage.Changing) => new StopStep(pool, id, number),
            (DeleteOrder, TaskStage.Changing) => new DeleteStep(pool, id, number),
            (CatchUpOrder, TaskStage.Changing) => phase == PoolPhase.Deleting
                ? new DeleteStep(pool, id, number) : new ChangeStep(pool, id, number, task.Definition, s_harmless),
            (CatchUpOrder, TaskStage.Running) => phase == PoolPhase.Started
                ? new StartStep(pool, id, number, MayDisturbExports: false) : new StopStep(pool, id, number),
            _ => null,
        };
    }

    /// <summary>The pool as it is when a change was taken back: as it was, at a later revision than what some nodes have.</summary>
    internal static JsonElement Undo(TaskDocument task) => PoolText.Write(
        PoolText.Read(task.Before!.Value) with { Revision = PoolText.Read(task.Definition).Revision + 1 });
}
