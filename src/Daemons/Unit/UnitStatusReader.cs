using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Reads the state of a unit.</summary>
internal static class UnitStatusReader
{
    internal static UnitStatus Read(RunningUnit unit)
    {
        var state = UnitState.Of(unit);
        string directory = unit.Plan.Identity.Directory;
        DiskFigures disk = unit.Disk.Read();
        return new UnitStatus(
            state.Name, state.Reasons, directory, unit.Plan.Identity.VolumeId, unit.Options.Volfile,
            PoolRevision.Find(unit.Reload.Volfile), unit.Prepared.Address.Port, unit.Listen.PoolPort, Environment.ProcessId,
            ProgramVersion.Text, unit.GlusterFsVersion, unit.UptimeSeconds, unit.History.Current.Starts, unit.History.Previous,
            unit.Translators, unit.Context.ClientCount, unit.Context.OperationsInProgress, unit.Volfiles.Connections.Count,
            ClientReader.CountOutdated(unit.Volfiles), disk.PendingHeals, Environment.WorkingSet,
            unit.Log.Level.ToString().ToUpperInvariant(), unit.Context.SuppressedLogLines, disk.FileSystem, unit.Reload.Pending,
            unit.Health.Current);
    }
}
