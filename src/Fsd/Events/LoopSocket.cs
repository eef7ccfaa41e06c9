using System.Buffers;
using System.IO.Pipelines;
using KadaluFsd.Native.Linux;
using KadaluFsd.Rpc;

namespace KadaluFsd.Fsd.Events;

/// <summary>
/// A connected socket as a pipe, driven by an <see cref="EventLoop"/>: whoever reads is called on the loop's thread when bytes have come.
/// While nothing has come no buffer is held. Everything but cancelling happens on the loop's thread.
/// </summary>
internal sealed class LoopSocket : IDuplexPipe, IReadinessHandler, IDisposable
{
    private static readonly Action<object?> s_receive = static socket => ((LoopSocket)socket!).Receive();

    private readonly EventLoop _loop;
    private readonly Pipe _received;
    private readonly LoopSocketWriter _output;
    private readonly int _fd;
    private bool _isHungUp;
    private bool _isPaused;
    private bool _isEnded;

    /// <summary>A pipe over a socket; <see cref="Start"/> is yet to be called.</summary>
    /// <param name="loop">Drives it.</param>
    /// <param name="fd">A connected, non-blocking stream socket; owned from here on.</param>
    internal LoopSocket(EventLoop loop, int fd)
    {
        _loop = loop;
        _fd = fd;
        _received = new Pipe(new PipeOptions(
            readerScheduler: loop, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false,
            pauseWriterThreshold: RpcLimits.MaxUnread, resumeWriterThreshold: RpcLimits.MaxUnread / 2));
        _output = new LoopSocketWriter(loop, fd);
    }

    /// <inheritdoc/>
    public PipeReader Input => _received.Reader;

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    /// <summary>Starts to receive.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has no memory for it; nothing was started.</exception>
    internal void Start()
    {
        _loop.Watch(_fd, this, EpollInterest.EdgeTriggered | EpollInterest.Readable | EpollInterest.Writable);

        // Mostly something is there already. The loop tells of it as well; then there is nothing more.
        Receive();
    }

    /// <inheritdoc/>
    public void OnReady(EpollEvent happened)
    {
        _isHungUp |= happened.IsHungUp;
        if (happened.IsWritable)
        {
            _output.OnWritable();
        }

        if (happened.IsReadable || happened.IsHungUp)
        {
            Receive();
        }
    }

    /// <summary>Closes the socket. What it has taken is still sent; what it has not is dropped.</summary>
    public void Dispose()
    {
        if (!_isEnded)
        {
            _received.Writer.Complete();
        }

        _isEnded = true;
        _loop.Unwatch(_fd, isClosing: true);
        RawSocket.Close(_fd);
    }

    // One piece a turn, so that a peer with much to say does not keep the loop from all others.
    private void Receive()
    {
        if (_isEnded || _isPaused)
        {
            return;
        }

        SocketFailure failure = RawSocket.Receive(_fd, _loop.Scratch, out int count);
        if (failure == SocketFailure.WouldBlock)
        {
            return;
        }

        if (count == 0)
        {
            _isEnded = true;
            _received.Writer.Complete(failure == SocketFailure.None ? null : new IOException("reset by the peer"));
            return;
        }

        _received.Writer.Write(_loop.Scratch.AsSpan(0, count));
        ValueTask<FlushResult> flushed = _received.Writer.FlushAsync();
        if (!flushed.IsCompleted)
        {
            _isPaused = true;
            _ = ResumeAsync(flushed);
        }
        else if (!_isEnded && (count == _loop.Scratch.Length || _isHungUp))
        {
            // A shorter piece means that there is no more, except for the end.
            _loop.Post(s_receive, this);
        }
    }

    private async Task ResumeAsync(ValueTask<FlushResult> flushed)
    {
        await flushed;
        _isPaused = false;
        _loop.Post(s_receive, this);
    }
}
