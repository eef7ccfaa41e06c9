using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Hosting;
using KadaluFsd.Native;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Has the unit's directory checked. When it has failed, the unit ends.</summary>
/// <param name="preparation">The volfile may have the interval.</param>
/// <param name="context">The graph; counts of suppressed log lines are logged at the same interval.</param>
/// <param name="daemon">The status text of the unit.</param>
internal sealed class UnitHealthWatch(
    HealthMonitor monitor, UnitPreparation preparation, HealthOptions options, GlusterContext context, IDaemon daemon,
    ServiceNotifier notifier, ProcessEnd end)
    : Part
{
    private TimeSpan Interval => options.Interval
        ?? (int.TryParse(
            preparation.Plan.Identity.Posix[UnitVolfile.HealthCheckInterval], NumberStyles.None, CultureInfo.InvariantCulture,
            out int seconds)
            ? TimeSpan.FromSeconds(seconds)
            : HealthOptions.DefaultInterval);

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        monitor.Checked += context.ReportSuppressedLogLines;
        monitor.Changed += _ => notifier.Status(daemon.Status);
        _ = EndWithItAsync();
        monitor.Start(Interval);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        monitor.Dispose();
        return Task.CompletedTask;
    }

    private async Task EndWithItAsync()
    {
        await monitor.Failed;
        end.Reach(ExitCode.DirectoryFailed, $"the unit's directory has failed: {monitor.Current.Describe()}");
    }
}
