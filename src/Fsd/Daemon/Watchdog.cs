using System.Globalization;
using KadaluFsd.Fsd.Logging;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Daemon;

/// <summary>
/// Tells the service manager that this process is alive, as often as it wants to hear it (sd_watchdog_enabled(3)), and only when what has
/// to move does move: a process that hangs is restarted.
/// </summary>
/// <param name="notifier">Tells the service manager.</param>
/// <param name="logger">Told what hangs.</param>
internal sealed class Watchdog(ServiceNotifier notifier, ILogger logger)
{
    private const double MicrosecondsPerSecond = 1_000_000;

    /// <summary>How often to tell; null where the service manager does not want to hear it.</summary>
    internal static TimeSpan? Interval { get; } = ReadInterval(Environment.GetEnvironmentVariable);

    /// <summary>Starts to tell.</summary>
    /// <param name="probe">Tries what has to move; gives what hangs, in words, or null. Given how long it may take.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>A task that ends then.</returns>
    internal async Task RunAsync(Func<TimeSpan, string?> probe, CancellationToken stop)
    {
        if (Interval is not { } interval)
        {
            return;
        }

        using var timer = new PeriodicTimer(interval);
        try
        {
            do
            {
                // On a thread of its own: what hangs must not hold up this.
                string? hanging = await Task.Factory.StartNew(() => probe(interval), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                if (hanging is null)
                {
                    notifier.Alive();
                }
                else
                {
                    HealthLog.Hanging(logger, hanging, interval.TotalSeconds);
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
            long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0
            ? TimeSpan.FromSeconds(microseconds / MicrosecondsPerSecond / 2)
            : null;
    }
}
