using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Tasks;
using KadaluFsd.Volgen.Pools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Manager.Port;

/// <summary>What commands can ask of the manager, whichever node they are typed on.</summary>
internal sealed class CommandRoutes(
    ClusterIdentity cluster, NodeAdmission admission, NodeRegistry nodes, NameReach reach, NodeNames names,
    NodeRemoval removal, NodePresence presence, NodeReturns returns, PoolRegistry pools, PoolTakeOver takeOver, OlderState older,
    PoolViews poolViews, TaskRoutes tasks, HealRoutes heals, ClientRoutes clients, DoctorRoutes doctor, ManagerOptions options,
    TimeProvider time)
{
    private const double MaxTokenHours = 30 * 24;

    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(ManagerPaths.Cluster, GetClusterAsync);
        routes.MapPost(ManagerPaths.Place, MoveAsync);
        routes.MapPost(ManagerPaths.Tokens, CreateTokenAsync);
        routes.MapGet(ManagerPaths.Nodes, ListNodesAsync);
        routes.MapPost(ManagerPaths.Nodes + "/{name}", SetNodeAsync);
        routes.MapPost(ManagerPaths.Nodes + "/{name}/name", RenameNodeAsync);
        routes.MapDelete(ManagerPaths.Nodes + "/{name}", RemoveNodeAsync);
        routes.MapGet(ManagerPaths.Pools, ListPoolsAsync);
        routes.MapGet(ManagerPaths.Pools + "/{name}", GetPoolAsync);
        routes.MapGet(ManagerPaths.Pools + "/{name}/status", GetStatusAsync);
        routes.MapPost(ManagerPaths.Pools + "/{name}/adopt", AdoptAsync);
        tasks.Map(routes);
        heals.Map(routes);
        clients.Map(routes);
        doctor.Map(routes);
    }

    /// <summary>What is known of the cluster.</summary>
    internal Task<Results<Ok<ClusterInfo>, JsonHttpResult<ControlError>>> GetClusterAsync(CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => DescribeAsync(cancellation));

    private Task<Results<Ok<ClusterInfo>, JsonHttpResult<ControlError>>> MoveAsync(
        ManagerOrder order, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        if (!PoolRules.IsHost(order.Host))
        {
            throw new CommandException(ExitCode.Usage, $"\"{order.Host}\" is no name or address");
        }

        await reach.CheckManagerAsync(order.Host, order.IsOfflineOk, cancellation);
        await cluster.MoveAsync(order.Host, cancellation);
        return await DescribeAsync(cancellation);
    });

    private Task<Results<Ok<TokenAnswer>, JsonHttpResult<ControlError>>> CreateTokenAsync(
        TokenOrder order, HttpContext context, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        if (order.Hours is not (> 0 and <= MaxTokenHours))
        {
            throw new CommandException(ExitCode.Usage, $"a token can be used for up to {MaxTokenHours} hours, not {order.Hours}");
        }

        var lifetime = TimeSpan.FromHours(order.Hours);
        JoinToken token = await admission.CreateTokenAsync(
            options.ParseListen().Port, lifetime, context.Features.Get<PeerIdentity>()?.Node, cancellation);
        return new TokenAnswer(token.ToString(), time.GetUtcNow() + lifetime);
    });

    private Task<Results<Ok<NodeInfo[]>, JsonHttpResult<ControlError>>> ListNodesAsync(CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(async () =>
        {
            KnownPool[] all = await pools.ListAsync(cancellation);
            return (await nodes.ListAsync(cancellation)).Select(node => Describe(node, all)).ToArray();
        });

    private Task<Results<Ok<NodeInfo[]>, JsonHttpResult<ControlError>>> SetNodeAsync(
        string name, NodeOrder order, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        NodeDocument node = await names.PlaceAsync(name, order, cancellation);
        return new[] { Describe(node, await pools.ListAsync(cancellation)) };
    });

    private Task<Results<Ok<NodeInfo[]>, JsonHttpResult<ControlError>>> RenameNodeAsync(
        string name, NodeNameOrder order, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        NodeDocument node = await names.RenameAsync(name, order, cancellation);
        return new[] { Describe(node, await pools.ListAsync(cancellation)) };
    });

    private Task<Results<Ok<NodeInfo[]>, JsonHttpResult<ControlError>>> RemoveNodeAsync(
        string name, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        NodeDocument node = await removal.RemoveAsync(name, cancellation);
        presence.Forget(node.Id);
        returns.Forget(node.Id);
        takeOver.Forget(node.Id);
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

    private async Task<ClusterInfo> DescribeAsync(CancellationToken cancellation) => new(
        cluster.Id, cluster.Host, options.ParseListen().Port, ProgramVersion.Text,
        (await nodes.ListAsync(cancellation)).Length, await pools.CountAsync(cancellation),
        [.. takeOver.Strangers.Select(pool => new OtherPool(pool.Name, pool.Problem))],
        await older.DescribeAsync(cancellation));

    private NodeInfo Describe(NodeDocument node, KnownPool[] all)
    {
        SeenNode? seen = presence.Find(node.Id);
        KnownPool[] own = [.. all.Where(pool => pool.FindNode(node.Id) is not null)];
        return new NodeInfo(
            node.Id, node.Name, presence.Describe(node.Id), seen?.At, node.Version, seen?.ClockOffset.TotalSeconds,
            [.. own.Select(pool => pool.Record.Name)], node.Address, [.. seen?.Report.Disks?.OfType<DiskReport>() ?? []],
            [.. own.Where(pool => pool.Record.Phase != PoolPhase.Deleting)
                .Select(pool => new NodeNameInPool(pool.Record.Name, pool.FindNode(node.Id)!.Name))
                .Where(called => called.Name != node.Name)],
            [.. own.Where(pool => pool.Record.IsDrained(node.Id)).Select(pool => pool.Record.Name)]);
    }
}
