using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;
using KadaluFsd.Shared;

namespace KadaluFsd.Rpc.Tests.Onc;

public class RpcServerConnectionTests
{
    private readonly PipePair _pipes = new();

    [Fact]
    public async Task A_call_is_answered_at_every_split()
    {
        byte[] call = Golden.Read("getspec-unknown-call");
        byte[] reply = Golden.Read("getspec-unknown-reply");
        RpcServerConnection connection = Connect();
        Task<(RpcCloseReason Reason, string Text)> run = connection.RunAsync();
        for (int offset = 1; offset < call.Length; offset++)
        {
            await _pipes.Client.Output.WriteAsync(call.AsMemory(0, offset));
            await WaitUntilAsync(() => connection.BusySince != 0);
            await _pipes.Client.Output.WriteAsync(call.AsMemory(offset));
            Assert.Equal(reply, await ReadAsync(reply.Length));
        }

        await _pipes.Client.Output.CompleteAsync();
        Assert.Equal(RpcCloseReason.PeerClosed, (await run).Reason);
    }

    [Fact]
    public async Task Calls_sent_together_are_answered_in_order()
    {
        Task<(RpcCloseReason Reason, string Text)> run = Serve();
        byte[] calls = [.. Enumerable.Range(1, 100).SelectMany(xid => Call((uint)xid, 1, writer => writer.WriteString("x")))];
        await _pipes.Client.Output.WriteAsync(calls);
        for (uint xid = 1; xid <= 100; xid++)
        {
            byte[] reply = await ReadAsync(4 + 24 + 12 + 8);
            Assert.Equal(xid, new XdrReader(reply.AsMemory(4, 4)).ReadUInt32());
        }

        await _pipes.Client.Output.CompleteAsync();
        Assert.Equal(RpcCloseReason.PeerClosed, (await run).Reason);
    }

    [Fact]
    public async Task A_peer_that_closes_inside_a_record_is_told_from_one_that_closes_behind_it()
    {
        Task<(RpcCloseReason Reason, string Text)> run = Serve();
        await _pipes.Client.Output.WriteAsync(Golden.Read("getspec-fuse-call").AsMemory(0, 50));
        await _pipes.Client.Output.CompleteAsync();
        Assert.Equal(RpcCloseReason.Truncated, (await run).Reason);
    }

    [Theory]
    [InlineData("474554202f20485454502f312e310d0a0d0a")]
    [InlineData("ffffffff")]
    [InlineData("80000000")]
    [InlineData("8000000400000000")]
    public async Task A_peer_that_breaks_the_protocol_is_left(string hex)
    {
        Task<(RpcCloseReason Reason, string Text)> run = Serve();
        await _pipes.Client.Output.WriteAsync(Convert.FromHexString(hex));
        Assert.Equal(RpcCloseReason.ProtocolError, (await run).Reason);
    }

    [Fact]
    public async Task A_transport_that_fails_is_no_incident()
    {
        Task<(RpcCloseReason Reason, string Text)> run = Serve();
        await _pipes.Client.Output.CompleteAsync(new IOException("reset by peer"));
        Assert.Equal((RpcCloseReason.Reset, "reset by peer"), await run);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_when_told_to()
    {
        var connection = new RpcServerConnection(_pipes.Server, TestProcedures.Table(), new RpcPeer("test"));
        Task<(RpcCloseReason Reason, string Text)> run = connection.RunAsync();
        connection.Close();
        Assert.Equal(RpcCloseReason.Closed, (await run).Reason);
    }

    [Fact]
    public async Task Replies_that_nobody_reads_do_not_pile_up_and_the_wait_can_be_ended()
    {
        const int ReplySize = 32 * 1024;
        int answered = 0;
        var connection = new RpcServerConnection(
            _pipes.Server, TestProcedures.Table(), new RpcPeer("test"), (_, _) => Interlocked.Increment(ref answered));
        Task<(RpcCloseReason Reason, string Text)> run = connection.RunAsync();
        byte[] calls =
            [.. Enumerable.Range(1, 1000).SelectMany(xid => Call((uint)xid, 3, writer => writer.WriteInt32(ReplySize)))];
        _ = _pipes.Client.Output.WriteAsync(calls).AsTask();

        await WaitUntilAsync(() => Volatile.Read(ref answered) > 0 && connection.BusySince != 0);
        Assert.InRange(answered, 1, 10);
        connection.Close();
        Assert.Equal(RpcCloseReason.Closed, (await run).Reason);
    }

    [Fact]
    public async Task Waiting_is_measured_from_the_first_byte_of_a_record_and_ends_with_it()
    {
        var connection = new RpcServerConnection(_pipes.Server, TestProcedures.Table(), new RpcPeer("test"));
        Task<(RpcCloseReason Reason, string Text)> run = connection.RunAsync();
        byte[] call = Call(1, 1, writer => writer.WriteString("x"));
        Assert.Equal(0, connection.BusySince);
        await _pipes.Client.Output.WriteAsync(call.AsMemory(0, 10));
        await WaitUntilAsync(() => connection.BusySince != 0);
        long since = connection.BusySince;
        await WaitUntilAsync(() => Environment.TickCount64 > since + 20);
        await _pipes.Client.Output.WriteAsync(call.AsMemory(10, 5));
        Assert.Equal(since, connection.BusySince);
        await _pipes.Client.Output.WriteAsync(call.AsMemory(15));
        await ReadAsync(48);
        await WaitUntilAsync(() => connection.BusySince == 0);
        connection.Close();
        await run;
    }

    // Pipes hand over on the thread pool: there is no event for "the reader has looked at it".
    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience.Limit, "what was waited for did not come");
            await Task.Yield();
        }
    }

    private static byte[] Call(uint xid, uint procedure, XdrEncoder arguments)
    {
        using var record = new RecordBuffer();
        var writer = new XdrWriter(record);
        new CallHeader(xid, 2, TestProcedures.Program, 3, procedure, AuthFlavor.None, default).Write(writer);
        arguments(writer);
        return record.Complete().ToArray();
    }

    private Task<(RpcCloseReason Reason, string Text)> Serve() => Connect().RunAsync();

    private RpcServerConnection Connect()
    {
        RpcProgramTable programs =
            TestProcedures.Table(new GetSpecProcedure((_, _) => GetSpecReply.Failed(GlusterErrno.NoEntry).Encode()));
        return new RpcServerConnection(_pipes.Server, programs, new RpcPeer("test"));
    }

    private async Task<byte[]> ReadAsync(int length)
    {
        ReadResult read = await _pipes.Client.Input.ReadAtLeastAsync(length);
        byte[] bytes = read.Buffer.Slice(0, length).ToArray();
        _pipes.Client.Input.AdvanceTo(read.Buffer.GetPosition(length));
        return bytes;
    }
}
