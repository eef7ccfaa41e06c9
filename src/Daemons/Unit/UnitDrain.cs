using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Native;
using KadaluFsd.Serving.Routing;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Drains a unit: no new connections, and the end when the last client has gone.</summary>
/// <param name="requests">Stops the process in the end.</param>
internal sealed class UnitDrain(
    GlusterContext context, ConnectionRouter router, DaemonRequests requests, ServiceNotifier notifier, ILogger<UnitDrain> logger)
{
    // There is no event for a client that has gone.
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);

    private int _hasBegun;

    /// <summary>Whether it has begun.</summary>
    internal bool HasBegun => Volatile.Read(ref _hasBegun) != 0;

    /// <summary>
    /// Starts draining, unless that was done already. It cannot be undone: the ports are free for other processes.
    /// </summary>
    /// <param name="deadline">When to stop although clients are connected.</param>
    /// <returns>Whether it was started by this call.</returns>
    internal bool Begin(TimeSpan deadline)
    {
        if (Interlocked.Exchange(ref _hasBegun, 1) != 0)
        {
            return false;
        }

        ControlLog.Draining(logger, context.ClientCount, deadline.TotalSeconds);
        notifier.Status("draining: no new connections");
        _ = StopWhenEmptyAsync(deadline);
        router.StopAccepting();
        return true;
    }

    private async Task StopWhenEmptyAsync(TimeSpan deadline)
    {
        long end = Environment.TickCount64 + (long)deadline.TotalMilliseconds;
        while (Environment.TickCount64 < end && context.ClientCount > 0 && !requests.StopWanted.IsCancellationRequested)
        {
            await Task.Delay(s_pollInterval);
        }

        requests.Stop(null);
    }
}
