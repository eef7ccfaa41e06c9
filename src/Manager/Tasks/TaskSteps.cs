using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Manager.Pools;

namespace KadaluFsd.Manager.Tasks;

/// <summary>What a node does in each stage of a task: always the same for the same task, so that it can be said again.</summary>
internal static class TaskSteps
{
    /// <summary>Finds it.</summary>
    /// <param name="task">The task, at its stage.</param>
    /// <param name="pool">What is to be of the pool.</param>
    /// <returns>Null where the node has only to be there.</returns>
    internal static NodeStep? Find(TaskDocument task, PoolRecord pool)
    {
        (string name, Guid id) = (task.Order.Pool, task.PoolId);
        var turn = new StepTurn(task.Id, task.Key, (int)task.Stage);
        return (task.Order, task.Stage) switch
        {
            (CreateOrder create, TaskStage.Checking) => new CheckCreationStep(name, id, turn, task.Definition, create.Terms),
            (CreateOrder create, TaskStage.Changing) => new CreateStep(name, id, turn, task.Definition, create.Terms),
            (CreateOrder, TaskStage.Running) => new StartStep(name, id, turn, MayDisturbExports: false),
            (CreateOrder, TaskStage.Undoing) => new UndoCreationStep(name, id, turn),
            ({ ChangeTerms: { } terms }, TaskStage.Checking) => new CheckChangeStep(name, id, turn, task.Definition, terms),
            ({ ChangeTerms: { } terms }, TaskStage.Changing) => new ChangeStep(name, id, turn, task.Definition, terms),
            ({ ChangeTerms: { } terms }, TaskStage.Undoing) => new ChangeStep(name, id, turn, Undo(task), terms),
            (RenameOrder rename, TaskStage.Checking) => new CheckRenameStep(rename.Name, id, turn, task.Definition),
            (RenameOrder rename, TaskStage.Changing) => new RenameStep(rename.Name, id, turn, task.Definition),
            (RenameOrder, TaskStage.Undoing) => new RenameStep(name, id, turn, Undo(task)),
            (StartOrder start, TaskStage.Changing) => new StartStep(name, id, turn, start.MayDisturbExports),
            (RestartOrder restart, TaskStage.Changing) => new RestartStep(name, id, turn, restart.IsRolling, restart.Unit),
            (ReplaceUnitOrder replace, TaskStage.Checking) =>
                new CheckReplacementStep(name, id, turn, replace.Unit, replace.Terms),
            (ReplaceUnitOrder replace, TaskStage.Changing) => new ReplaceUnitStep(name, id, turn, replace.Unit, replace.Terms),
            (DrainOrder, TaskStage.Changing) => new DrainStep(name, id, turn),
            (ResumeOrder, TaskStage.Changing) => new StartStep(name, id, turn, MayDisturbExports: false),
            (StopOrder, TaskStage.Changing) => new StopStep(name, id, turn),
            (DeleteOrder, TaskStage.Changing) => new DeleteStep(name, id, turn),
            (CatchUpOrder, _) => CatchUp(task, pool, turn),
            _ => null,
        };
    }

    // What is not to run is stopped first: nothing stands in the way of a change then.
    private static NodeStep? CatchUp(TaskDocument task, PoolRecord pool, StepTurn turn)
    {
        (string name, Guid id) = (task.Order.Pool, task.PoolId);
        var change = new ChangeStep(name, id, turn, task.Definition, pool.Missed ?? PoolRecord.Harmless);
        return (pool.Phase, task.Stage) switch
        {
            (PoolPhase.Deleting, TaskStage.Changing) => new DeleteStep(name, id, turn),
            (PoolPhase.Started, TaskStage.Changing) => change,
            (PoolPhase.Started, TaskStage.Running) when task.Order is CatchUpOrder { Node: var node } && pool.IsDrained(node) =>
                new KeepDrainedStep(name, id, turn),
            (PoolPhase.Started, TaskStage.Running) =>
                new StartStep(name, id, turn, MayDisturbExports: change.Terms.MayDisturbExports),
            (_, TaskStage.Changing) => new StopStep(name, id, turn),
            (_, TaskStage.Running) => change,
            _ => null,
        };
    }

    /// <summary>The pool as it is when a change was taken back: as it was, at a later revision than what some nodes have.</summary>
    internal static JsonElement Undo(TaskDocument task) => PoolText.Write(
        PoolText.Read(task.Before!.Value) with { Revision = PoolText.Read(task.Definition).Revision + 1 });
}
