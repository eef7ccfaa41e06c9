using System.Globalization;
using KadaluFsd.Hosting.Logging;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Hosting;

/// <summary>
/// Tells the service manager that the process is alive, at the interval that it asks for (sd_watchdog_enabled(3)), if the threads
/// that everything depends on answer: a process that hangs is restarted.
/// </summary>
/// <param name="check">Checks these threads.</param>
public sealed class Watchdog(ServiceNotifier notifier, ILivenessCheck check, ILogger<Watchdog> logger) : BackgroundPart
{
    private const double MicrosecondsPerSecond = 1_000_000;

    /// <summary>The interval; null where the service manager does not ask for it.</summary>
    internal static TimeSpan? Interval { get; } = ReadInterval(Environment.GetEnvironmentVariable);

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        if (Interval is not { } interval)
        {
            return;
        }

        using var timer = new PeriodicTimer(interval);
        do
        {
            // On a thread of its own: a hanging check must not block this.
            string? hanging = await Task.Factory.StartNew(
                () => check.FindHanging(interval), stopping, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (hanging is null)
            {
                notifier.Alive();
            }
            else
            {
                LifeLog.Hanging(logger, hanging, interval.TotalSeconds);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    /// <summary>Reads the interval from the environment.</summary>
    /// <param name="environment">Looks up an environment variable.</param>
    /// <returns>Half of the time that the service manager waits; null for never.</returns>
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
