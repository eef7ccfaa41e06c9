namespace KadaluFsd.Hosting;

/// <summary>
/// The moment from which clients can be served: the service manager, the log and whoever started the process in the background
/// are told.
/// </summary>
/// <param name="daemon">Says how the process is.</param>
public sealed class Readiness(IDaemon daemon, ServiceNotifier notifier) : Part
{
    private long _since;

    /// <summary>Seconds since then; 0 before. From any thread.</summary>
    public double UptimeSeconds =>
        Volatile.Read(ref _since) is > 0 and long since ? (Environment.TickCount64 - since) / 1000.0 : 0;

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
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
