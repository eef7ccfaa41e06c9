using System.Threading.Channels;

namespace KadaluFsd.Hosting;

/// <summary>Requests to a running process.</summary>
public enum DaemonRequest
{
    /// <summary>Reopen the log and read the configuration again.</summary>
    Reload,

    /// <summary>Write GlusterFS's statedump.</summary>
    Statedump,
}

/// <summary>Requests to the process, which handles them one after the other.</summary>
public sealed class DaemonRequests : IDisposable
{
    // A request that is repeated before it has begun is handled once.
    private const int MaxWaiting = 8;

    private readonly Channel<DaemonRequest> _waiting =
        Channel.CreateBounded<DaemonRequest>(
            new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cutShort = new();

    /// <summary>Cancelled when the process is asked to stop, by a signal or otherwise.</summary>
    public CancellationToken StopWanted => _stop.Token;

    /// <summary>How long operations in progress may take then; null for the option of the process.</summary>
    public TimeSpan? StopTimeout { get; private set; }

    /// <summary>Cancelled when the stopping process must not wait any longer.</summary>
    public CancellationToken CutShortWanted => _cutShort.Token;

    /// <summary>Asks the process to stop. From any thread; returns at once. The first call sets the time limit.</summary>
    /// <param name="timeout">How long operations in progress may take; null for the option of the process.</param>
    public void Stop(TimeSpan? timeout)
    {
        lock (_stop)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            StopTimeout = timeout;
        }

        _stop.Cancel();
    }

    /// <summary>Ends all waiting of the stopping process.</summary>
    public void CutShort() => _cutShort.Cancel();

    /// <summary>Adds a request. From any thread; returns at once.</summary>
    public void Add(DaemonRequest request) => _waiting.Writer.TryWrite(request);

    /// <summary>Rejects further requests; <see cref="ReadAllAsync"/> ends after those that wait.</summary>
    public void Close() => _waiting.Writer.TryComplete();

    /// <summary>Reads requests as they come. For one reader.</summary>
    /// <returns>The requests, until <see cref="Close"/>.</returns>
    public IAsyncEnumerable<DaemonRequest> ReadAllAsync() => _waiting.Reader.ReadAllAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _cutShort.Dispose();
    }
}
