using System.Buffers;
using System.IO.Pipelines;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Onc;

/// <summary>Why a connection ended. The first reason is kept.</summary>
public enum RpcCloseReason
{
    /// <summary>The peer closed it between two records.</summary>
    PeerClosed,

    /// <summary>The peer closed it inside a record.</summary>
    Truncated,

    /// <summary>The transport failed, mostly a reset by the peer.</summary>
    Reset,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolError,

    /// <summary><see cref="RpcServerConnection.Close"/> was called: a deadline passed, or the server stops.</summary>
    Closed,
}

/// <summary>
/// The server's side of one connection: reads call records from a pipe, has them answered by a program table, writes the replies
/// in the order of the calls. Owns the pipe while <see cref="RunAsync"/> runs, and completes both ends of it.
/// </summary>
/// <param name="transport">Bytes from and to the peer.</param>
/// <param name="programs">What is offered on this connection.</param>
/// <param name="peer">Who is at the other end.</param>
/// <param name="onOutcome">Called after each call, on the connection's thread; null for nobody.</param>
public sealed class RpcServerConnection(
    IDuplexPipe transport, RpcProgramTable programs, RpcPeer peer, Action<RpcPeer, RpcOutcome>? onOutcome = null)
{
    private const int BatchesPerTurn = 64;

    private volatile bool _closing;
    private XdrEncoder? _callback;
    private long _busySince;

    /// <summary>Who is at the other end.</summary>
    public RpcPeer Peer => peer;

    /// <summary>
    /// Since when a record has been half received, or replies have waited to be sent, as <see cref="Environment.TickCount64"/>
    /// (milliseconds); 0 while there is nothing to wait for but the next call. The owner compares it with a deadline and calls
    /// <see cref="Close"/>.
    /// </summary>
    public long BusySince => Volatile.Read(ref _busySince);

    /// <summary>Makes <see cref="RunAsync"/> end soon, from any thread.</summary>
    public void Close()
    {
        _closing = true;
        transport.Input.CancelPendingRead();
        transport.Output.CancelPendingFlush();
    }

    /// <summary>
    /// Makes a call to the peer that it does not answer, between two replies. From any thread; returns at once. Of several that come
    /// before the first could be sent only the last one is.
    /// </summary>
    /// <param name="callback">Writes the whole call, header included.</param>
    public void Call(XdrEncoder callback)
    {
        Interlocked.Exchange(ref _callback, callback);
        transport.Input.CancelPendingRead();
    }

    /// <summary>Serves calls until the connection ends.</summary>
    /// <returns>Why it ended, and the words for it.</returns>
    public async Task<(RpcCloseReason Reason, string Text)> RunAsync()
    {
        try
        {
            return await ServeAsync();
        }
        catch (ProtocolException exception)
        {
            return (RpcCloseReason.ProtocolError, exception.Message);
        }
#pragma warning disable CA1031 // Transports end in many ways: IOException, SocketException (ETIMEDOUT), OperationCanceledException, ...
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (RpcCloseReason.Reset, exception.Message);
        }
        finally
        {
            await transport.Input.CompleteAsync();
            await transport.Output.CompleteAsync();
        }
    }

    private async Task<(RpcCloseReason Reason, string Text)> ServeAsync()
    {
        int batches = 0;
        while (true)
        {
            ReadResult read = await transport.Input.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            bool answered = false;
            while (!_closing && WriteSome(ref buffer, out ReadOnlyMemory<byte> rest))
            {
                answered = true;
                Volatile.Write(ref _busySince, Environment.TickCount64);
                if (!await FlushAsync(rest))
                {
                    return (RpcCloseReason.Reset, "the peer takes no more replies");
                }

                // A peer whose next calls are always there already would keep this thread from all others.
                if (++batches % BatchesPerTurn == 0)
                {
                    await Task.Yield();
                }
            }

            bool leftover = !buffer.IsEmpty;
            if (!leftover)
            {
                Volatile.Write(ref _busySince, 0);
            }
            else if (answered || _busySince == 0)
            {
                Volatile.Write(ref _busySince, Environment.TickCount64);
            }

            transport.Input.AdvanceTo(buffer.Start, buffer.End);
            if (_closing)
            {
                return (RpcCloseReason.Closed, "closed by this server");
            }

            if (read.IsCompleted)
            {
                return leftover
                    ? (RpcCloseReason.Truncated, "closed by the peer inside a record")
                    : (RpcCloseReason.PeerClosed, "closed by the peer");
            }
        }
    }

    // Sends what was written, and then the rest of the last reply piece by piece. False when the peer cannot be sent to any more.
    private async ValueTask<bool> FlushAsync(ReadOnlyMemory<byte> rest)
    {
        FlushResult flushed = await transport.Output.FlushAsync();
        while (!rest.IsEmpty && !flushed.IsCompleted && !_closing)
        {
            ReadOnlyMemory<byte> piece = rest[..Math.Min(rest.Length, RpcLimits.MaxPiece)];
            rest = rest[piece.Length..];
            transport.Output.Write(piece.Span);
            flushed = await transport.Output.FlushAsync();
        }

        return !flushed.IsCompleted;
    }

    // Answers whole records off the front of the buffer, until there are none, enough replies wait to be sent, or one is so long that
    // its end has to wait. Makes a call of our own when there is one to be made.
    private bool WriteSome(ref ReadOnlySequence<byte> buffer, out ReadOnlyMemory<byte> rest)
    {
        rest = default;
        XdrEncoder? callback = Interlocked.Exchange(ref _callback, null);
        if (callback is not null)
        {
            using var call = new RecordBuffer();
            callback(new XdrWriter(call));
            transport.Output.Write(call.Complete().Span);
        }

        if (buffer.IsEmpty || !RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out ReadOnlyMemory<byte> record))
        {
            return callback is not null;
        }

        using var reply = new RecordBuffer();
        do
        {
            reply.Reset();
            RpcOutcome outcome = programs.Dispatch(record, peer, reply);
            onOutcome?.Invoke(peer, outcome);
            if (reply.Tail.Length > RpcLimits.MaxPiece)
            {
                transport.Output.Write(reply.Complete().Span);
                rest = reply.Tail;
                return true;
            }

            Write(reply, buffer.Length / record.Length);
        }
        while (transport.Output.UnflushedBytes < RpcLimits.MaxBatch && !buffer.IsEmpty &&
            RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out record));

        return true;
    }

    // Takes room for the replies to the calls that wait as well, if these are like it: what lies in one piece is sent with less work.
    private void Write(RecordBuffer reply, long callsWaiting)
    {
        ReadOnlySpan<byte> head = reply.Complete().Span;
        ReadOnlySpan<byte> tail = reply.Tail.Span;
        int length = head.Length + tail.Length;
        Span<byte> room = transport.Output.GetSpan((int)Math.Max(length, Math.Min(RpcLimits.MaxBatch, length * (callsWaiting + 1))));
        head.CopyTo(room);
        tail.CopyTo(room[head.Length..]);
        transport.Output.Advance(length);
    }
}
