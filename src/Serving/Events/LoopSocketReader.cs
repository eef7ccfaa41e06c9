using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using KadaluFsd.Linux;

namespace KadaluFsd.Serving.Events;

/// <summary>
/// The receiving side of a <see cref="LoopSocket"/>. What arrives is in the loop's own buffer while the reader examines it; only
/// what the reader leaves is copied. Nothing is received while nobody reads.
/// </summary>
/// <param name="fd">The socket; remains the caller's.</param>
internal sealed class LoopSocketReader(EventLoop loop, int fd) : PipeReader, IValueTaskSource<ReadResult>
{
    private static readonly Action<object?> s_receive = static reader => ((LoopSocketReader)reader!).ReceivePosted();
    private static readonly Action<object?> s_cancel = static reader => ((LoopSocketReader)reader!).Cancel();

    // Bytes that the reader has not consumed.
    private byte[] _kept = [];
    private int _keptStart;
    private int _keptEnd;

    // What the reader is examining, and whether that is the kept bytes.
    private ReadOnlySequence<byte> _given;
    private bool _isKeptGiven;
    private bool _hasUnexamined;

    private bool _isWaiting;
    private bool _mayBeMore;
    private bool _isPosted;
    private bool _isHungUp;
    private bool _isCanceled;
    private bool _isEnded;
    private ManualResetValueTaskSourceCore<ReadResult> _read;

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        bool isThere = _hasUnexamined || _isEnded || _isCanceled;
        result = isThere ? GiveKept() : default;
        return isThere;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The peer has reset the connection.</exception>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (TryRead(out ReadResult result))
        {
            return new ValueTask<ReadResult>(result);
        }

        _isWaiting = true;
        _read.Reset();
        if (_mayBeMore && !_isPosted)
        {
            // Not at once, so that a peer that sends much does not keep the loop from all others.
            _isPosted = true;
            loop.Post(s_receive, this);
        }

        return new ValueTask<ReadResult>(this, _read.Version);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        ReadOnlySequence<byte> left = _given.Slice(consumed);
        _hasUnexamined = !_given.Slice(examined).IsEmpty;
        _given = default;
        if (left.IsEmpty)
        {
            Release();
        }
        else if (_isKeptGiven)
        {
            _keptStart = _keptEnd - (int)left.Length;
        }
        else
        {
            Keep(left.FirstSpan);
        }
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => loop.Schedule(s_cancel, this);

    /// <summary>Drops what was kept.</summary>
    public override void Complete(Exception? exception = null)
    {
        _isEnded = true;
        _isWaiting = false;
        Release();
    }

    /// <summary>Handles arrived bytes or the end of the stream.</summary>
    /// <param name="isHungUp">Whether nothing more will arrive after it.</param>
    internal void OnReadable(bool isHungUp)
    {
        _isHungUp |= isHungUp;
        _mayBeMore = true;
        Receive();
    }

    /// <inheritdoc/>
    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _read.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    /// <inheritdoc/>
    // The end is reported on the loop's thread, where the waiting code belongs.
    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);

    private void ReceivePosted()
    {
        _isPosted = false;
        Receive();
    }

    private void Receive()
    {
        if (!_isWaiting || !_mayBeMore)
        {
            return;
        }

        SocketFailure failure = RawSocket.Receive(fd, loop.Scratch, out int count);
        if (failure == SocketFailure.WouldBlock)
        {
            _mayBeMore = false;
        }
        else if (count > 0)
        {
            // Less than was asked for means that no more has arrived, except perhaps the end.
            _mayBeMore = count == loop.Scratch.Length || _isHungUp;
            Finish(Give(count));
        }
        else if (failure == SocketFailure.None)
        {
            _isEnded = true;
            Finish(GiveKept());
        }
        else
        {
            _isEnded = true;
            _isWaiting = false;
            _read.SetException(new IOException("reset by the peer"));
        }
    }

    private void Cancel()
    {
        _isCanceled = true;
        if (_isWaiting)
        {
            Finish(GiveKept());
        }
    }

    private void Finish(ReadResult result)
    {
        _isWaiting = false;
        _read.SetResult(result);
    }

    // Appends what was just received to the kept bytes.
    private ReadResult Give(int received)
    {
        if (_keptEnd == _keptStart)
        {
            _isKeptGiven = false;
            _given = new ReadOnlySequence<byte>(loop.Scratch, 0, received);
            return new ReadResult(_given, isCanceled: false, isCompleted: false);
        }

        Keep(loop.Scratch.AsSpan(0, received));
        return GiveKept();
    }

    private ReadResult GiveKept()
    {
        _isKeptGiven = true;
        _given = new ReadOnlySequence<byte>(_kept, _keptStart, _keptEnd - _keptStart);
        var result = new ReadResult(_given, _isCanceled, _isEnded);
        _isCanceled = false;
        return result;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        int length = _keptEnd - _keptStart;
        if (_kept.Length - _keptEnd < bytes.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(length + bytes.Length);
            _kept.AsSpan(_keptStart, length).CopyTo(larger);
            Release();
            (_kept, _keptEnd) = (larger, length);
        }

        bytes.CopyTo(_kept.AsSpan(_keptEnd));
        _keptEnd += bytes.Length;
    }

    private void Release()
    {
        (_keptStart, _keptEnd) = (0, 0);
        if (_kept.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_kept);
            _kept = [];
        }
    }
}
