using KadaluFsd.Contract;

namespace KadaluFsd.Daemons.Heal;

/// <summary>Reads the state of a self-heal daemon.</summary>
internal static class HealDaemonStatusReader
{
    internal static HealDaemonStatus Read(RunningHealDaemon daemon)
    {
        var connected = daemon.Context.GetUnits().ToDictionary(unit => unit.Volume, unit => unit.IsConnected);
        HealedUnitStatus[] units =
            [.. daemon.Plan.Units.Select(
                unit => new HealedUnitStatus(
                    unit.Volume, unit.Host, unit.Path, unit.Group, connected.GetValueOrDefault(unit.Volume)))];
        string[] reasons = [.. units.Where(unit => !unit.IsConnected).Select(unit => unit.Problem)];
        return new HealDaemonStatus(
            reasons.Length == 0 ? "ready" : "degraded", reasons, daemon.Options.Volfile, Environment.ProcessId,
            ProgramVersion.Text, daemon.GlusterFsVersion, daemon.UptimeSeconds,
            daemon.History.Current.Starts, daemon.History.Previous, daemon.Translators, units, Environment.WorkingSet,
            daemon.Log.Level.ToString().ToUpperInvariant(),
            daemon.Context.SuppressedLogLines, daemon.Review.Count, daemon.Reload.Pending);
    }
}
