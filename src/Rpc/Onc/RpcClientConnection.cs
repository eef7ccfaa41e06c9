using System.Buffers;
using System.IO.Pipelines;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Onc;

/// <summary>Writes a call's arguments.</summary>
/// <param name="writer">Behind the call's header.</param>
public delegate void XdrEncoder(XdrWriter writer);

/// <summary>Reads a reply's results.</summary>
/// <typeparam name="T">What they become.</typeparam>
/// <param name="reader">Behind the reply's header; valid until the delegate returns.</param>
/// <returns>The results.</returns>
public delegate T XdrDecoder<out T>(ref XdrReader reader);

/// <summary>The client's side of one connection, with one call in flight at a time. Does not own the pipe.</summary>
/// <param name="transport">Bytes from and to the server.</param>
public sealed class RpcClientConnection(IDuplexPipe transport)
{
    // AUTH_GLUSTERFS_v2 (auth_glusterfs_parms_v2 of rpc/xdr/src/glusterfs3-xdr.x): pid, uid, gid, no groups, a lock owner of four
    // zero bytes.
    private static readonly byte[] s_credential = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0];

    private uint _xid;

    /// <summary>Makes one call and waits for its reply. Calls that the server makes meanwhile are ignored.</summary>
    /// <param name="version">Version of the program.</param>
    /// <param name="cancellation">Ends the wait; the connection cannot be used any more then.</param>
    /// <returns>What <paramref name="results"/> made of the reply.</returns>
    /// <exception cref="RpcRefusedException">The server refused the call.</exception>
    /// <exception cref="ProtocolException">The server broke the protocol, or closed the connection before it had
    /// answered.</exception>
    /// <exception cref="IOException">The connection failed.</exception>
    public async Task<T> CallAsync<T>(
        uint program, uint version, uint procedure, XdrEncoder arguments, XdrDecoder<T> results, CancellationToken cancellation)
    {
        uint xid = ++_xid;
        WriteCall(new CallHeader(xid, CallHeader.SupportedRpcVersion, program, version, procedure, AuthFlavor.GlusterFsV2,
            s_credential), arguments);
        await transport.Output.FlushAsync(cancellation);
        while (true)
        {
            ReadResult read = await transport.Input.ReadAsync(cancellation);
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (RecordMark.TryRead(ref buffer, RpcLimits.MaxReplyRecord, out ReadOnlyMemory<byte> record))
            {
                if (TryDecode(record, xid, results, out T? result))
                {
                    transport.Input.AdvanceTo(buffer.Start);
                    return result!;
                }
            }

            transport.Input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                throw new ProtocolException("the server closed the connection before it had answered");
            }
        }
    }

    /// <summary>Waits for a call of the server, by which it notifies of changes. Such calls are not answered.</summary>
    /// <param name="cancellation">Ends the wait; the connection cannot be used any more then.</param>
    /// <returns>Program and procedure of the call.</returns>
    /// <exception cref="ProtocolException">The server broke the protocol, or closed the connection.</exception>
    public async Task<(uint Program, uint Procedure)> WaitForCallAsync(CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult read = await transport.Input.ReadAsync(cancellation);
            ReadOnlySequence<byte> buffer = read.Buffer;
            if (RecordMark.TryRead(ref buffer, RpcLimits.MaxReplyRecord, out ReadOnlyMemory<byte> record))
            {
                var reader = new XdrReader(record);
                CallHeader call = CallHeader.Read(ref reader);
                transport.Input.AdvanceTo(buffer.Start);
                return (call.Program, call.Procedure);
            }

            transport.Input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                throw new ProtocolException("the server closed the connection");
            }
        }
    }

    private static bool TryDecode<T>(ReadOnlyMemory<byte> record, uint xid, XdrDecoder<T> results, out T? result)
    {
        var reader = new XdrReader(record);
        uint recordXid = reader.ReadUInt32();
        uint type = reader.ReadUInt32();
        if (type == (uint)MessageType.Call)
        {
            result = default;
            return false;
        }

        if (type != (uint)MessageType.Reply || recordXid != xid)
        {
            throw new ProtocolException(
                $"message of type {type} with transaction id {recordXid} where the reply to {xid} was expected");
        }

        ReplyHeader.ExpectSuccess(ref reader);
        result = results(ref reader);
        return true;
    }

    private void WriteCall(CallHeader header, XdrEncoder arguments)
    {
        using var call = new RecordBuffer();
        var writer = new XdrWriter(call);
        header.Write(writer);
        arguments(writer);
        transport.Output.Write(call.Complete().Span);
    }
}
