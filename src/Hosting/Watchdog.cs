using System.Globalization;
using KadaluFsd.Hosting.Logging;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Hosting;

/// <summary>
/// Tells the service manager that this process is alive, as often as it wants to hear it (sd_watchdog_enabled(3)), and only when
/// what has to move does move: a process that hangs is restarted.
/// </summary>
/// <param name="check">Tries what has to move.</param>
public sealed class Watchdog(ServiceNotifier notifier, ILivenessCheck check, ILogger<Watchdog> logger) : Part, IDisposable
{
    private const double MicrosecondsPerSecond = 1_000_000;

    private readonly CancellationTokenSource _stopping = new();
    private Task _telling = Task.CompletedTask;

    /// <summary>How often to tell; null where the service manager does not want to hear it.</summary>
    internal static TimeSpan? Interval { get; } = ReadInterval(Environment.GetEnvironmentVariable);

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        _telling = Interval is { } interval ? RunAsync(interval, _stopping.Token) : Task.CompletedTask;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _telling;
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(TimeSpan interval, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            do
            {
                // On a thread of its own: what hangs must not hold up this.
                string? hanging = await Task.Factory.StartNew(
                    () => check.FindHanging(interval), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                if (hanging is null)
                {
                    notifier.Alive();
                }
                else
                {
                    LifeLog.Hanging(logger, hanging, interval.TotalSeconds);
                }
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    /// <summary>Reads what the service manager wants.</summary>
    /// <param name="environment">Looks up an environment variable.</param>
    /// <returns>Half of the time it waits at most; null for never.</returns>
    internal static TimeSpan? ReadInterval(Func<string, string?> environment)
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return (environment("WATCHDOG_PID") ?? own) == own &&
            long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) &&
            microseconds > 0
            ? TimeSpan.FromSeconds(microseconds / MicrosecondsPerSecond / 2)
            : null;
    }
}
