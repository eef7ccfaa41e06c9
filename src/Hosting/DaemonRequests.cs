using System.Threading.Channels;

namespace KadaluFsd.Hosting;

/// <summary>What a running process can be asked to do.</summary>
public enum DaemonRequest
{
    /// <summary>Open the log anew and read the configuration again.</summary>
    Reload,

    /// <summary>Write GlusterFS's statedump.</summary>
    Statedump,
}

/// <summary>Requests on their way to the process, which does them one after the other.</summary>
public sealed class DaemonRequests : IDisposable
{
    // Asking again and again for what has not been begun asks for it once more at most.
    private const int MaxWaiting = 8;

    private readonly Channel<DaemonRequest> _waiting =
        Channel.CreateBounded<DaemonRequest>(
            new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cutShort = new();

    /// <summary>Tells that the process was asked to stop, by a signal or otherwise.</summary>
    public CancellationToken StopWanted => _stop.Token;

    /// <summary>How long operations in progress may take then; null for what the process was told at its start.</summary>
    public TimeSpan? StopTimeout { get; private set; }

    /// <summary>Tells that whatever the stopping process waits for is to be left.</summary>
    public CancellationToken CutShortWanted => _cutShort.Token;

    /// <summary>
    /// Asks the process to stop. From any thread; returns at once. The first one to ask says how long it may take.
    /// </summary>
    /// <param name="timeout">How long operations in progress may take; null for what the process was told at its start.</param>
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

    /// <summary>Asks it to stop without waiting for anything any longer.</summary>
    public void CutShort() => _cutShort.Cancel();

    /// <summary>Asks for something. From any thread; returns at once.</summary>
    public void Add(DaemonRequest request) => _waiting.Writer.TryWrite(request);

    /// <summary>Takes no more requests; <see cref="ReadAllAsync"/> ends behind those that wait.</summary>
    public void Close() => _waiting.Writer.TryComplete();

    /// <summary>Requests as they come. For one reader.</summary>
    /// <returns>They, until <see cref="Close"/>.</returns>
    public IAsyncEnumerable<DaemonRequest> ReadAllAsync() => _waiting.Reader.ReadAllAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _cutShort.Dispose();
    }
}
