using System.Buffers;
using System.IO.Pipelines;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Onc;

/// <summary>
/// The server's side of one connection: reads call records from a pipe, has them answered by a program table, writes the replies
/// in the order of the calls. Owns the pipe while <see cref="RunAsync"/> runs, and completes both ends of it.
/// </summary>
/// <param name="transport">Bytes from and to the peer.</param>
/// <param name="programs">The programs offered on this connection.</param>
/// <param name="peer">The peer.</param>
/// <param name="onOutcome">Called after each call, on the connection's thread; may be null.</param>
/// <param name="clock">The time in milliseconds, asked for on the connection's thread; null for
/// <see cref="Environment.TickCount64"/>.</param>
public sealed class RpcServerConnection(
    IDuplexPipe transport, RpcProgramTable programs, RpcPeer peer, Action<RpcPeer, RpcOutcome>? onOutcome = null,
    Func<long>? clock = null)
{
    private const int BatchesPerTurn = 64;

    // Empty between two batches; long results are attached, not copied.
    [ThreadStatic]
    private static RecordBuffer? s_reply;

    private readonly Func<long> _clock = clock ?? (static () => Environment.TickCount64);
    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;
    private volatile bool _closing;
    private XdrEncoder? _callback;
    private long _busySince;
    private long _repliedAt;

    /// <summary>The peer.</summary>
    public RpcPeer Peer => peer;

    /// <summary>
    /// Since when a record has been partly received, or replies have waited to be sent, in milliseconds of the connection's
    /// clock; 0 while only the next call is awaited. The owner compares it with a deadline and calls <see cref="Close"/>.
    /// </summary>
    public long BusySince
    {
        get
        {
            long since = Volatile.Read(ref _busySince);
            return since == 0 && _output.UnflushedBytes > 0 ? Volatile.Read(ref _repliedAt) : since;
        }
    }

    /// <summary>Makes <see cref="RunAsync"/> end soon, from any thread.</summary>
    public void Close()
    {
        _closing = true;
        _input.CancelPendingRead();
        _output.CancelPendingFlush();
    }

    /// <summary>
    /// Sends the peer a call that it does not answer, between two replies. From any thread; returns at once. Of several calls
    /// that come before the first could be sent only the last one is sent.
    /// </summary>
    /// <param name="callback">Writes the whole call, header included.</param>
    public void Call(XdrEncoder callback)
    {
        Interlocked.Exchange(ref _callback, callback);
        _input.CancelPendingRead();
    }

    /// <summary>Serves calls until the connection ends.</summary>
    /// <returns>Why it ended, for programs and for the log.</returns>
    public async Task<(RpcCloseReason Reason, string Text)> RunAsync()
    {
        try
        {
            for (int turns = 1; ; turns++)
            {
                ReadResult read = await _input.ReadAsync();

                // Set before anything is written, because it says since when that waits.
                Volatile.Write(ref _repliedAt, _clock());
                ReadOutcome round = _closing ? new ReadOutcome(read.Buffer.Start) : Answer(read.Buffer);
                (bool hasWritten, bool isCutShort, bool isEnd) =
                    (round.HasWritten, round.IsCutShort, read.IsCompleted && !round.IsCutShort);
                bool leftover = !read.Buffer.Slice(round.Consumed).IsEmpty;

                // Before waiting: an idle connection holds no buffer.
                _input.AdvanceTo(round.Consumed, isCutShort ? round.Consumed : read.Buffer.End);
                if (hasWritten)
                {
                    ValueTask<FlushResult> flushing = FlushAsync(round.Tail);
                    if (!flushing.IsCompleted)
                    {
                        Volatile.Write(ref _busySince, _repliedAt);
                    }

                    if ((await flushing).IsCompleted)
                    {
                        return (RpcCloseReason.Reset, "the peer takes no more replies");
                    }
                }

                if (!leftover)
                {
                    Volatile.Write(ref _busySince, 0);
                }
                else if (hasWritten || _busySince == 0)
                {
                    Volatile.Write(ref _busySince, _clock());
                }

                if (_closing)
                {
                    return (RpcCloseReason.Closed, "closed by this server");
                }

                if (isEnd)
                {
                    await SendRestAsync();
                    return leftover
                        ? (RpcCloseReason.Truncated, "closed by the peer inside a record")
                        : (RpcCloseReason.PeerClosed, "closed by the peer");
                }

                // A peer whose next calls have always arrived already would keep this thread from all others.
                if (isCutShort && turns % BatchesPerTurn == 0)
                {
                    await Task.Yield();
                }
            }
        }
        catch (ProtocolException exception)
        {
            return (RpcCloseReason.ProtocolError, exception.Message);
        }
#pragma warning disable CA1031 // Transports end in many ways: IOException, SocketException, OperationCanceledException, ...
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (RpcCloseReason.Reset, exception.Message);
        }
        finally
        {
            await _input.CompleteAsync();
            await _output.CompleteAsync();
        }
    }

    // A peer that sends no more may still be reading.
    private async Task SendRestAsync()
    {
        while (_output.UnflushedBytes > 0 && !_closing && await _output.FlushAsync() is { IsCompleted: false, IsCanceled: false })
        {
            // A flush completes at once while the transport has room; that is checked at the next turn.
            await Task.Yield();
        }
    }

    // Sends what was written, and then the rest of the last reply. Completes when the peer cannot be sent to any more.
    private ValueTask<FlushResult> FlushAsync(ReadOnlyMemory<byte> rest) =>
        rest.IsEmpty ? _output.FlushAsync() : FlushPiecesAsync(rest);

    private async ValueTask<FlushResult> FlushPiecesAsync(ReadOnlyMemory<byte> rest)
    {
        FlushResult flushed = await _output.FlushAsync();
        while (!rest.IsEmpty && !flushed.IsCompleted && !_closing)
        {
            ReadOnlyMemory<byte> piece = rest[..Math.Min(rest.Length, RpcLimits.MaxPiece)];
            rest = rest[piece.Length..];
            _output.Write(piece.Span);
            flushed = await _output.FlushAsync();
        }

        return flushed;
    }

    // Answers complete records of the buffer, until there are none, enough replies wait to be sent, or one reply is so long that
    // its end has to wait. Sends a call of our own if there is one.
    private ReadOutcome Answer(in ReadOnlySequence<byte> buffer)
    {
        bool hasWritten = MakeCall();
        var records = new RecordReader(buffer, RpcLimits.MaxCallRecord);
        RecordBuffer reply = s_reply ??= new RecordBuffer();
        while (records.TryRead(out ReadOnlyMemory<byte> record))
        {
            hasWritten = true;
            reply.Reset();
            RpcOutcome outcome = programs.Dispatch(record, peer, reply);
            onOutcome?.Invoke(peer, outcome);
            bool isLong = reply.Tail.Length > RpcLimits.MaxPiece;
            if (isLong)
            {
                _output.Write(reply.Complete().Span);
            }
            else
            {
                Write(reply, records.PieceLeft / record.Length);
            }

            if (isLong || _output.UnflushedBytes >= RpcLimits.MaxBatch)
            {
                return new ReadOutcome(records.Rest.Start, hasWritten, IsCutShort: true, Tail: isLong ? reply.Tail : default);
            }
        }

        return new ReadOutcome(records.Rest.Start, hasWritten);
    }

    private bool MakeCall()
    {
        if (_callback is null || Interlocked.Exchange(ref _callback, null) is not { } callback)
        {
            return false;
        }

        using var call = new RecordBuffer();
        callback(new XdrWriter(call));
        _output.Write(call.Complete().Span);
        return true;
    }

    // Reserves room for the replies to the calls that follow, assuming they are alike: contiguous memory is sent with less work.
    private void Write(RecordBuffer reply, int callsWaiting)
    {
        ReadOnlySpan<byte> head = reply.Complete().Span;
        ReadOnlySpan<byte> tail = reply.Tail.Span;
        int length = head.Length + tail.Length;
        Span<byte> room = _output.GetSpan(Math.Max(length, Math.Min(RpcLimits.MaxBatch, length * (callsWaiting + 1))));
        head.CopyTo(room);
        tail.CopyTo(room[head.Length..]);
        _output.Advance(length);
    }
}
