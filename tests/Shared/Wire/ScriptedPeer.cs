using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Shared.Wire;

/// <summary>
/// One end of an ONC RPC connection that does what a test says, byte by byte, and fails the test where the other end does anything
/// but what is expected next.
/// </summary>
/// <param name="stream">The connection; owned from here on.</param>
internal sealed class ScriptedPeer(Stream stream) : IAsyncDisposable
{
    /// <summary>Connects.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="from">The address to connect from; null for what the system takes.</param>
    internal static async Task<ScriptedPeer> ConnectAsync(EndPoint server, IPAddress? from = null)
    {
        var socket = new Socket(
            server.AddressFamily, SocketType.Stream,
            server.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (from is not null)
        {
            socket.Bind(new IPEndPoint(from, 0));
        }

        await socket.ConnectAsync(server);
        return Over(socket);
    }

    /// <summary>A peer on a connection that is there already.</summary>
    internal static ScriptedPeer Over(Socket socket)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
        }

        return new ScriptedPeer(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>The connection, for what a peer does with it before it speaks ONC RPC.</summary>
    internal Stream Stream => stream;

    internal Task SendAsync(params byte[] bytes) => stream.WriteAsync(bytes).AsTask();

    /// <summary>Sends some bytes in pieces.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="seePiece">Called when a piece was sent: has the other end take it before the next comes.</param>
    /// <param name="offsets">Where a piece ends, ascending.</param>
    internal async Task SendInPiecesAsync(byte[] bytes, Action seePiece, params int[] offsets)
    {
        int start = 0;
        foreach (int end in offsets.Append(bytes.Length))
        {
            await SendAsync(bytes[start..end]);
            seePiece();
            start = end;
        }
    }

    /// <summary>Sends no more, and may still read.</summary>
    internal void EndSending() => ((NetworkStream)stream).Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Waits for a whole record of one fragment.</summary>
    /// <returns>The record, without its mark.</returns>
    internal async Task<byte[]> ReadRecordAsync()
    {
        uint mark = BinaryPrimitives.ReadUInt32BigEndian(await ReadAsync(RecordMark.Size));
        Assert.True(mark > 0x8000_0000, $"{mark:x8} is not the mark of a record of one fragment");
        return await ReadAsync((int)(mark & 0x7fff_ffff));
    }

    /// <summary>Waits for a record of these words and no others.</summary>
    internal async Task ExpectAsync(params uint[] words)
    {
        byte[] record = await ReadRecordAsync();
        Assert.Equal(Convert.ToHexString(RpcRecord.Of(words).AsSpan(RecordMark.Size)), Convert.ToHexString(record));
    }

    /// <summary>Waits for the reply to a GETSPEC.</summary>
    /// <param name="xid">The call's transaction id.</param>
    internal async Task<GetSpecReply> ExpectGetSpecReplyAsync(uint xid)
    {
        var reader = new XdrReader(await ReadRecordAsync());
        Assert.Equal((xid, MessageType.Reply), (reader.ReadUInt32(), (MessageType)reader.ReadUInt32()));
        ReplyHeader.ExpectSuccess(ref reader);
        return GetSpecReply.Read(ref reader);
    }

    /// <summary>Waits for the callback that tells of a changed volfile.</summary>
    internal async Task ExpectFetchSpecAsync() => Assert.Equal(
        (GlusterPrograms.Callback, GlusterPrograms.CallbackVersion, GlusterPrograms.FetchSpec), await ExpectCallAsync());

    /// <summary>Waits for a call.</summary>
    internal async Task<(uint Program, uint Version, uint Procedure)> ExpectCallAsync()
    {
        var reader = new XdrReader(await ReadRecordAsync());
        CallHeader call = CallHeader.Read(ref reader);
        return (call.Program, call.Version, call.Procedure);
    }

    /// <summary>Waits for the end of the connection, before which nothing comes any more.</summary>
    internal async Task ExpectCloseAsync()
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        try
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1], limit.Token));
        }
        catch (IOException)
        {
            // A reset is a close too: there were bytes that nobody read.
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<byte[]> ReadAsync(int length)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        byte[] bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, limit.Token);
        return bytes;
    }
}
