using System.IO.Pipelines;
using KadaluFsd.Linux;

namespace KadaluFsd.Serving.Events;

/// <summary>
/// A connected socket as a pair of pipes, driven by an <see cref="EventLoop"/>: readers continue on the loop's thread when bytes
/// have arrived. No buffer is held while nothing has arrived. Everything but cancelling happens on the loop's thread.
/// </summary>
/// <param name="fd">A connected, non-blocking stream socket; owned from here on.</param>
internal sealed class LoopSocket(EventLoop loop, int fd) : ITransport, IReadinessHandler
{
    private readonly LoopSocketReader _input = new(loop, fd);
    private readonly LoopSocketWriter _output = new(loop, fd);

    /// <inheritdoc/>
    public PipeReader Input => _input;

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    /// <inheritdoc/>
    public void Start()
    {
        loop.Watch(fd, this, EpollInterest.EdgeTriggered | EpollInterest.Readable | EpollInterest.Writable);

        // Mostly something has arrived already. The event for it then finds nothing more.
        _input.OnReadable(isHungUp: false);
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvent happened)
    {
        if (happened.IsWritable)
        {
            _output.OnWritable();
        }

        if (happened.IsReadable || happened.IsHungUp)
        {
            _input.OnReadable(happened.IsHungUp);
        }
    }

    /// <summary>Closes the socket. What the kernel has taken is still sent; the rest is dropped.</summary>
    public void Dispose()
    {
        _input.Complete();
        _output.Complete();
        loop.Unwatch(fd, isClosing: true);
        RawSocket.Close(fd);
    }
}
