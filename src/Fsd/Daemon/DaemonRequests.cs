using System.Threading.Channels;

namespace KadaluFsd.Fsd.Daemon;

/// <summary>What a running process can be asked to do.</summary>
internal enum DaemonRequest
{
    /// <summary>Open the log anew and read the configuration again.</summary>
    Reload,

    /// <summary>Write GlusterFS's statedump.</summary>
    Statedump,
}

/// <summary>Requests on their way to the process's main task, which does them one after the other.</summary>
internal sealed class DaemonRequests : IDisposable
{
    // Asking again and again for what has not been begun asks for it once more at most.
    private const int MaxWaiting = 8;

    private readonly Channel<DaemonRequest> _waiting =
        Channel.CreateBounded<DaemonRequest>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cutShort = new();

    /// <summary>Tells that the process was asked to stop by other means than a signal.</summary>
    internal CancellationToken StopWanted => _stop.Token;

    /// <summary>How long operations in progress may take then; null for what the process was told at its start.</summary>
    internal TimeSpan? StopTimeout { get; private set; }

    /// <summary>Tells that whatever the stopping process waits for is to be left.</summary>
    internal CancellationToken CutShortWanted => _cutShort.Token;

    /// <summary>Asks the process to stop. From any thread; returns at once. The first one to ask says how long it may take.</summary>
    /// <param name="timeout">How long operations in progress may take; null for what the process was told at its start.</param>
    internal void Stop(TimeSpan? timeout)
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
    internal void CutShort() => _cutShort.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _cutShort.Dispose();
    }

    /// <summary>Asks for something. From any thread; returns at once.</summary>
    /// <param name="request">What.</param>
    internal void Add(DaemonRequest request) => _waiting.Writer.TryWrite(request);

    /// <summary>Does requests as they come, until the process is to end.</summary>
    /// <param name="handle">Does a request.</param>
    /// <param name="ended">Ends when nothing more can be done.</param>
    /// <param name="stop">Tells that it is time to end.</param>
    /// <returns>A task that ends then, without an error.</returns>
    internal async Task HandleAsync(Action<DaemonRequest> handle, Task ended, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && !ended.IsCompleted)
        {
            Task<bool> some = _waiting.Reader.WaitToReadAsync(stop).AsTask();
            await Task.WhenAny(some, ended);
            while (some.IsCompletedSuccessfully && _waiting.Reader.TryRead(out DaemonRequest request))
            {
                handle(request);
            }
        }
    }
}
