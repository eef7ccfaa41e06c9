using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;

namespace KadaluFsd.Manager.Tasks;

/// <summary>What stands in the way of an order, by what is to be of the pool.</summary>
internal static class TaskObjections
{
    /// <summary>Refuses what cannot be done with a pool as it is now.</summary>
    /// <exception cref="CommandException">It cannot; says why, and what to do before.</exception>
    internal static void Refuse(PoolOrder order, PoolRecord record)
    {
        string? objection = (record, order) switch
        {
            ({ Task: { } task }, _) => $"the task {task} changes {record.Name} now (kadalu task wait {task})",
            ({ IsOlder: true }, not (StopOrder or DeleteOrder)) =>
                $"nodes know more of {record.Name} than the manager (kadalu pool list says what; kadalu pool adopt " +
                $"{record.Name} --from NODE)",
            (_, CatchUpOrder) => null,
            ({ Phase: PoolPhase.Deleting }, not DeleteOrder) =>
                $"{record.Name} is being deleted (kadalu pool delete {record.Name})",
            ({ Phase: not PoolPhase.Started }, { IsOfProcesses: true }) =>
                $"{record.Name} is not started: kadalu pool start {record.Name} before",
            ({ Phase: PoolPhase.Started }, RenameOrder) =>
                $"{record.Name} is started: unmount its clients, and kadalu pool stop {record.Name} before",
            ({ Phase: PoolPhase.Started }, ChangeOrder { AddsDistribute: true }) =>
                $"{record.Name} is started: kadalu pool stop {record.Name} before; a layer that comes while files are open may " +
                "cost NFS-Ganesha's clients what they write",
            ({ Phase: PoolPhase.Started }, DeleteOrder) => $"{record.Name} is started: kadalu pool stop {record.Name} before",
            _ => null,
        };
        if (objection is not null)
        {
            throw new CommandException(ExitCode.PoolRefused, objection);
        }
    }
}
