namespace KadaluFsd.Hosting;

/// <summary>
/// Reports that clients can be served: to the service manager, to the log, and to the process that started this one in the
/// background.
/// </summary>
/// <param name="pidFile">By which it is found: not in place yet where an earlier process was about to end when this one began.</param>
/// <param name="daemon">What it says of itself.</param>
/// <param name="notifier">Tells the service manager.</param>
public sealed class Readiness(PidFile pidFile, IDaemon daemon, ServiceNotifier notifier) : Part
{
    private long _since;

    /// <summary>Seconds since the process is ready; 0 before. From any thread.</summary>
    public double UptimeSeconds =>
        Volatile.Read(ref _since) is > 0 and long since ? (Environment.TickCount64 - since) / 1000.0 : 0;

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        pidFile.TryTake();
        Volatile.Write(ref _since, Environment.TickCount64);
        daemon.SayReady();
        notifier.Ready(daemon.Status);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        notifier.Stopping(daemon.SayStopping());
        return Task.CompletedTask;
    }
}
