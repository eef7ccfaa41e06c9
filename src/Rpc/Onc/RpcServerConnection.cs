using System.Buffers;
using System.IO.Pipelines;

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
    private volatile bool _closing;
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
        while (true)
        {
            ReadResult read = await transport.Input.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            bool answered = false;
            while (!_closing && AnswerSome(ref buffer))
            {
                answered = true;
                Volatile.Write(ref _busySince, Environment.TickCount64);
                FlushResult flushed = await transport.Output.FlushAsync();
                if (flushed.IsCompleted)
                {
                    return (RpcCloseReason.Reset, "the peer takes no more replies");
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

    // Answers whole records off the front of the buffer, until there are none or enough replies wait to be sent.
    private bool AnswerSome(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsEmpty || !RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out ReadOnlySequence<byte> record))
        {
            return false;
        }

        using var reply = new RecordBuffer();
        do
        {
            RpcOutcome outcome = programs.Dispatch(record, peer, reply);
            transport.Output.Write(reply.Complete().Span);
            reply.Reset();
            onOutcome?.Invoke(peer, outcome);
        }
        while (transport.Output.UnflushedBytes < RpcLimits.MaxUnsent && !buffer.IsEmpty &&
            RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out record));

        return true;
    }
}
