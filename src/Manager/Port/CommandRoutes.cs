using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Manager.Port;

/// <summary>What commands can ask of the manager, whichever node they are typed on.</summary>
internal sealed class CommandRoutes(
    ClusterIdentity cluster, NodeAdmission admission, NodeRegistry nodes, NodePresence presence, NodeReturns returns,
    PoolRegistry pools,
    PoolTakeOver takeOver, TaskOrders orders, TaskEngine engine, TaskPlans plans, TaskViews views, PoolViews poolViews,
    HealRoutes heals, ClientRoutes clients, ManagerOptions options, TimeProvider time)
{
    private const double MaxTokenHours = 30 * 24;

    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(ManagerPaths.Cluster, GetClusterAsync);
        routes.MapPost(ManagerPaths.Tokens, CreateTokenAsync);
        routes.MapGet(ManagerPaths.Nodes, ListNodesAsync);
        routes.MapDelete(ManagerPaths.Nodes + "/{name}", RemoveNodeAsync);
        routes.MapGet(ManagerPaths.Pools, ListPoolsAsync);
        routes.MapGet(ManagerPaths.Pools + "/{name}", GetPoolAsync);
        routes.MapGet(ManagerPaths.Pools + "/{name}/status", GetStatusAsync);
        routes.MapPost(ManagerPaths.Pools + "/{name}/adopt", AdoptAsync);
        routes.MapGet(ManagerPaths.Tasks, ListTasksAsync);
        routes.MapPost(ManagerPaths.Tasks, BeginTaskAsync);
        routes.MapPost(ManagerPaths.Plans, PlanAsync);
        routes.MapGet(ManagerPaths.Tasks + "/{number:long}", WatchTaskAsync);
        routes.MapPost(ManagerPaths.Tasks + "/{number:long}/abandon", AbandonTaskAsync);
        heals.Map(routes);
        clients.Map(routes);
    }

    /// <summary>What is known of the cluster.</summary>
    internal Task<Results<Ok<ClusterInfo>, JsonHttpResult<ControlError>>> GetClusterAsync(CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(async () => new ClusterInfo(
            cluster.Id, cluster.Host, options.ParseListen().Port, ProgramVersion.Text,
            (await nodes.ListAsync(cancellation)).Length, await pools.CountAsync(cancellation),
            [.. takeOver.Strangers.Select(pool => new OtherPool(pool.Name, pool.Problem))]));

    private Task<Results<Ok<TokenAnswer>, JsonHttpResult<ControlError>>> CreateTokenAsync(
        TokenOrder order, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        if (order.Hours is not (> 0 and <= MaxTokenHours))
        {
            throw new CommandException(ExitCode.Usage, $"a token can be used for up to {MaxTokenHours} hours, not {order.Hours}");
        }

        var lifetime = TimeSpan.FromHours(order.Hours);
        JoinToken token = await admission.CreateTokenAsync(options.ParseListen().Port, lifetime, cancellation);
        return new TokenAnswer(token.ToString(), time.GetUtcNow() + lifetime);
    });

    private Task<Results<Ok<NodeInfo[]>, JsonHttpResult<ControlError>>> ListNodesAsync(CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(async () =>
        {
            KnownPool[] all = await pools.ListAsync(cancellation);
            return (await nodes.ListAsync(cancellation)).Select(node => Describe(node, all)).ToArray();
        });

    private Task<Results<Ok<NodeInfo[]>, JsonHttpResult<ControlError>>> RemoveNodeAsync(
        string name, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        NodeDocument node = await nodes.GetAsync(name, cancellation);
        await nodes.RemoveAsync(node.Id, cancellation);
        presence.Forget(node.Id);
        returns.Forget(node.Id);
        return new[] { Describe(node, []) };
    });

    private Task<Results<Ok<PoolSummary[]>, JsonHttpResult<ControlError>>> ListPoolsAsync(CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(async () =>
            (await pools.ListAsync(cancellation)).Select(poolViews.Summarize).ToArray());

    private Task<Results<Ok<PoolInfo[]>, JsonHttpResult<ControlError>>> GetPoolAsync(
        string name, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
            new[] { poolViews.Describe(await pools.GetAsync(name, cancellation)) });

    private Task<Results<Ok<PoolStatusAnswer>, JsonHttpResult<ControlError>>> GetStatusAsync(
        string name, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => poolViews.AskStatusAsync(name, cancellation));

    private Task<Results<Ok<PoolInfo[]>, JsonHttpResult<ControlError>>> AdoptAsync(
        string name, AdoptOrder order, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        await takeOver.TakeOverAsync(name, order.From, cancellation);
        return new[] { poolViews.Describe(await pools.GetAsync(name, cancellation)) };
    });

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
            new[] { await views.GetAsync(number, from ?? 0, TimeSpan.FromSeconds(Math.Clamp(wait ?? 0, 0, 60)), cancellation) });

    private Task<Results<Ok<TaskInfo[]>, JsonHttpResult<ControlError>>> AbandonTaskAsync(
        long number, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        TaskInfo task = await views.GetAsync(number, int.MaxValue, TimeSpan.Zero, cancellation);
        return engine.Abandon(number) ? new[] { task } : throw new CommandException(
            ExitCode.PoolRefused, $"the task {number} ({task.What}) waits for no node: it is {task.State}".ToLowerInvariant());
    });

    private NodeInfo Describe(NodeDocument node, KnownPool[] all)
    {
        SeenNode? seen = presence.Find(node.Id);
        string id = node.Id.ToString();
        return new NodeInfo(
            node.Id, node.Name, presence.IsUp(node.Id) ? "up" : "lost", seen?.At, node.Version, seen?.ClockOffset.TotalSeconds,
            [.. all.Where(pool => pool.Nodes.Any(other => other.Id == id)).Select(pool => pool.Record.Name)]);
    }
}
