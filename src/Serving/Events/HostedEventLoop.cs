using KadaluFsd.Contract;
using KadaluFsd.Hosting;

namespace KadaluFsd.Serving.Events;

/// <summary>Runs the event loop. An error that ends the loop ends the process.</summary>
public sealed class HostedEventLoop(EventLoop loop, ProcessEnd end) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        loop.Start();
        _ = WatchAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        loop.Dispose();
        return Task.CompletedTask;
    }

    private async Task WatchAsync()
    {
        await loop.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (loop.Ended.Exception is { InnerException: { } failure })
        {
            end.Reach(ExitCode.InternalError, $"the event loop failed: {failure.Message}");
        }
    }
}
