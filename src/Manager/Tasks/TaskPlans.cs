using System.Globalization;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tasks;

/// <summary>Says what an order would do, by having all nodes check it as a task would.</summary>
/// <param name="orders">Makes tasks of orders.</param>
/// <param name="engine">Has nodes check.</param>
internal sealed class TaskPlans(TaskOrders orders, TaskEngine engine)
{
    /// <summary>Says it.</summary>
    /// <exception cref="CommandException">It cannot be done at all; says why.</exception>
    internal async Task<PlanInfo> PlanAsync(PoolOrder order, CancellationToken cancellation)
    {
        (TaskDocument task, PoolRecord pool) = await orders.DraftAsync(order, cancellation);
        TaskPart[] parts = await engine.CheckAsync(task, pool, cancellation);
        Pool planned = PoolText.Read(task.Definition);
        TaskDocument turned = TaskCourse.Next(task with { Parts = parts }, pool, task.Begun).Task;
        return new PlanInfo(
            task.What, [.. parts.Select(part => Describe(part, task, planned))],
            turned.State == TaskState.Failed ? turned.Code : 0);
    }

    private static PlannedNode Describe(TaskPart part, TaskDocument task, Pool pool)
    {
        IEnumerable<string> lines = task.Order switch
        {
            CreateOrder => ListUnits(pool, part.Node),
            ChangeOrder => ListChanges(PoolText.Read(task.Before!.Value), pool)
                .Concat(part.Restarts ? ["restart units, one after the other"] : []),
            RestartOrder { IsRolling: true } => ["restart units, one after the other, waiting for heals"],
            RestartOrder => ["restart all units at once"],
            ReplaceUnitOrder replace =>
                [$"start {replace.Unit} on the empty directory there, if the units that heal it are as they have to be"],
            RenameOrder rename => [$"call it {rename.Name}; units, ports and ids stay"],
            RenameNodeOrder rename => [$"reach {rename.From} as {rename.Name}; mounts connect again, and units go on"],
            StartOrder or ResumeOrder => ["start units that do not run"],
            DrainOrder => ["stop units, once no file depends on them"],
            StopOrder => ["stop all units"],
            _ => ["forget the pool; files stay"],
        };
        return part.State == PartState.Away && task.Order.IsOfflineOk
            ? new PlannedNode(part.Name, [$"away: {(task.Order.IsOfProcesses ? "left out" : "told when it is back")}"], null)
            : new PlannedNode(part.Name, [.. lines], part.Problem);
    }

    private static IEnumerable<string> ListUnits(Pool pool, Guid node) =>
        from member in pool.Units
        where member.Unit.Node.Id == node.ToString()
        select string.Create(
            CultureInfo.InvariantCulture,
            $"{member.Role.ToString().ToLowerInvariant()} unit {member.Unit.Path}, port {member.Unit.Port}, " +
            $"volfiles at port {pool.Port}");

    private static IEnumerable<string> ListChanges(Pool before, Pool after) =>
        from option in before.Options.Keys.Union(after.Options.Keys).Order(StringComparer.Ordinal)
        let old = before.Options.GetValueOrDefault(option)
        let now = after.Options.GetValueOrDefault(option)
        where old != now
        select $"{option}: {old ?? "default"} becomes {now ?? "default"}";
}
