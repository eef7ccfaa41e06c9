using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Native;
using KadaluFsd.Serving.Routing;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Lets a unit run empty before it stops: no new connections, and those who are there may finish.</summary>
/// <param name="requests">Told to stop in the end.</param>
internal sealed class UnitDrain(
    GlusterContext context, ConnectionRouter router, DaemonRequests requests, ServiceNotifier notifier, ILogger<UnitDrain> logger)
{
    // Nothing tells that a client has gone.
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(100);

    private int _hasBegun;

    /// <summary>Whether it has begun.</summary>
    internal bool HasBegun => Volatile.Read(ref _hasBegun) != 0;

    /// <summary>Begins, unless it has begun already. There is no way back: the ports are free for others.</summary>
    /// <param name="deadline">When to stop although clients are still there.</param>
    /// <returns>Whether it has begun now.</returns>
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
            await Task.Delay(s_lookEvery);
        }

        requests.Stop(null);
    }
}
