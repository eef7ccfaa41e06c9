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
internal sealed class DaemonRequests
{
    // Asking again and again for what has not been begun asks for it once more at most.
    private const int MaxWaiting = 8;

    private readonly Channel<DaemonRequest> _waiting =
        Channel.CreateBounded<DaemonRequest>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

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
