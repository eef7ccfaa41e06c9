using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Hosting;
using KadaluFsd.Native;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Has the unit's directory watched. Where it has failed, the unit ends.</summary>
/// <param name="monitor">Watches it.</param>
/// <param name="preparation">The volfile may say how often.</param>
/// <param name="options">So may these.</param>
/// <param name="context">The graph, whose held back log lines are told of as often.</param>
/// <param name="daemon">Says how the unit is.</param>
/// <param name="notifier">Tells the service manager.</param>
/// <param name="end">Told of the failure.</param>
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
        monitor.Looked += context.TellHeldBackLogLines;
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
