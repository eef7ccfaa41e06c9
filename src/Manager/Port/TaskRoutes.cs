using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Manager.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Manager.Port;

/// <summary>What commands can ask about tasks.</summary>
internal sealed class TaskRoutes(TaskOrders orders, TaskEngine engine, TaskPlans plans, TaskViews views)
{
    private const double MaxSecondsOfPatience = 60;

    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(ManagerPaths.Tasks, ListTasksAsync);
        routes.MapPost(ManagerPaths.Tasks, BeginTaskAsync);
        routes.MapPost(ManagerPaths.Plans, PlanAsync);
        routes.MapGet(ManagerPaths.Tasks + "/{number:long}", WatchTaskAsync);
        routes.MapPost(ManagerPaths.Tasks + "/{number:long}/abandon", AbandonTaskAsync);
    }

    private Task<Results<Ok<TaskInfo[]>, JsonHttpResult<ControlError>>> ListTasksAsync(CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => views.ListAsync(cancellation));

    private Task<Results<Ok<TaskInfo[]>, JsonHttpResult<ControlError>>> BeginTaskAsync(
        PoolOrder order, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        RefuseOwn(order);
        return new[] { await views.GetAsync(await orders.BeginAsync(order, cancellation), 0, TimeSpan.Zero, cancellation) };
    });

    private Task<Results<Ok<PlanInfo>, JsonHttpResult<ControlError>>> PlanAsync(
        PoolOrder order, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(() =>
    {
        RefuseOwn(order);
        return plans.PlanAsync(order, cancellation);
    });

    private static void RefuseOwn(PoolOrder order)
    {
        if (order is CatchUpOrder)
        {
            throw new CommandException(ExitCode.Usage, "the manager finds out by itself what nodes have missed");
        }
    }

    private Task<Results<Ok<TaskInfo[]>, JsonHttpResult<ControlError>>> WatchTaskAsync(
        long number, int? from, double? wait, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
            new[] { await views.GetAsync(number, from ?? 0, PatienceOf(wait ?? 0), cancellation) });

    private static TimeSpan PatienceOf(double seconds) =>
        double.IsNaN(seconds) ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Clamp(seconds, 0, MaxSecondsOfPatience));

    private Task<Results<Ok<TaskInfo[]>, JsonHttpResult<ControlError>>> AbandonTaskAsync(
        long number, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        TaskInfo task = await views.GetAsync(number, int.MaxValue, TimeSpan.Zero, cancellation);
        return engine.Abandon(number) ? new[] { task } : throw new CommandException(
            ExitCode.PoolRefused, $"the task {number} ({task.What}) waits for no node: it is {task.State}".ToLowerInvariant());
    });
}
