using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using KadaluFsd.Linux;
using KadaluFsd.Rpc;

namespace KadaluFsd.Serving.Events;

/// <summary>
/// The sending side of a <see cref="LoopSocket"/>: one buffer, held until the kernel has taken all of it. What is flushed is sent
/// at the end of the round, together with all other replies of the round, so that a client is woken once. A flush waits only
/// where the socket is full, or much is to be sent.
/// </summary>
/// <param name="fd">The socket; remains the caller's.</param>
internal sealed class LoopSocketWriter(EventLoop loop, int fd) : PipeWriter, IValueTaskSource<FlushResult>
{
    private static readonly Action<object?> s_sendDeferred = static writer => ((LoopSocketWriter)writer!).SendDeferred();

    private byte[] _buffer = [];
    private int _written;
    private int _sent;
    private bool _isDeferred;
    private bool _isFull;
    private bool _isFlushing;
    private bool _isCanceled;
    private bool _isBroken;
    private ManualResetValueTaskSourceCore<FlushResult> _flush;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _written - _sent;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_written);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_written);
    }

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _buffer.Length - _written);
        _written += bytes;
    }

    /// <inheritdoc/>
    /// <returns>Completed when the peer cannot be sent to any more.</returns>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_isCanceled || _isBroken || _written == 0)
        {
            return new ValueTask<FlushResult>(Result());
        }

        if (!_isDeferred)
        {
            _isDeferred = true;
            loop.Defer(s_sendDeferred, this);
        }

        if (!_isFull && UnflushedBytes <= RpcLimits.MaxBatch)
        {
            return new ValueTask<FlushResult>(Result());
        }

        _isFlushing = true;
        _flush.Reset();
        return new ValueTask<FlushResult>(this, _flush.Version);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => loop.Schedule(static writer => ((LoopSocketWriter)writer!).Cancel(), this);

    /// <summary>Sends what the kernel still takes, and drops the rest.</summary>
    public override void Complete(Exception? exception = null)
    {
        _ = TrySend();
        _isBroken = true;
        Release();
    }

    /// <summary>The socket is writable again.</summary>
    internal void OnWritable()
    {
        if (_isFull)
        {
            Send();
        }
    }

    /// <inheritdoc/>
    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _flush.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _flush.GetStatus(token);

    /// <inheritdoc/>
    // The end is reported on the loop's thread, where the waiting code belongs.
    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _flush.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private void SendDeferred()
    {
        _isDeferred = false;
        Send();
    }

    private void Send()
    {
        _isFull = !TrySend();
        if (!_isFull && _isFlushing)
        {
            Finish();
        }
    }

    private void Cancel()
    {
        _isCanceled = true;
        if (_isFlushing)
        {
            Finish();
        }
    }

    private void Finish()
    {
        _isFlushing = false;
        _flush.SetResult(Result());
    }

    private FlushResult Result()
    {
        var result = new FlushResult(_isCanceled, _isBroken);
        _isCanceled = false;
        return result;
    }

    // True when all has been sent, or sending has failed.
    private bool TrySend()
    {
        while (_sent < _written && !_isBroken)
        {
            switch (RawSocket.Send(fd, _buffer.AsSpan(_sent, _written - _sent), out int count))
            {
                case SocketFailure.None:
                    _sent += count;
                    break;
                case SocketFailure.WouldBlock:
                    return false;
                default:
                    _isBroken = true;
                    break;
            }
        }

        Release();
        return true;
    }

    private void Release()
    {
        _written = 0;
        _sent = 0;
        if (_buffer.Length > 0)
        {
            loop.Buffers.Return(_buffer);
            _buffer = [];
        }
    }

    private void MakeRoom(int sizeHint)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (_buffer.Length - _written >= wanted)
        {
            return;
        }

        int unsent = _written - _sent;
        byte[] larger = loop.Buffers.Rent(unsent + wanted);
        _buffer.AsSpan(_sent, unsent).CopyTo(larger);
        Release();
        (_buffer, _written) = (larger, unsent);
    }
}
