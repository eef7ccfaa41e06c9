using System.Buffers;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Shared;

namespace KadaluFsd.Rpc.Tests.Onc;

/// <summary>A client against a server that is scripted byte by byte.</summary>
public class RpcClientConnectionTests
{
    // "accepted, empty verifier" behind xid 1.
    private const string Accepted = "00000001" + "00000001" + "00000000" + "0000000000000000";

    private readonly PipePair _pipes = new();

    [Fact]
    public async Task A_volfile_comes_over_our_own_server()
    {
        var programs = new RpcProgramTable(new GetSpecProcedure(
            (_, call) =>
                (
                    call.Key.Span.SequenceEqual("pool"u8)
                        ? GetSpecReply.Found("volume x"u8.ToArray())
                        : GetSpecReply.Failed(GlusterErrno.NoEntry)).Encode()));
        _ = new RpcServerConnection(_pipes.Server, programs, new RpcPeer("test")).RunAsync();
        var client = new RpcClientConnection(_pipes.Client);

        GetSpecReply found = await FetchAsync(client, "pool");
        Assert.Equal("volume x"u8.ToArray(), found.Spec.ToArray());
        Assert.Equal(8, found.Result);
        GetSpecReply missing = await FetchAsync(client, "other");
        Assert.Equal((-1, GlusterErrno.NoEntry), (missing.Result, missing.Errno));
    }

    [Fact]
    public async Task Calls_of_the_server_are_passed_over()
    {
        await SendAsync(Golden.Read("fetchspec-callback"));
        await SendAsync(Record(Accepted + "00000000" + "ffffffff" + "00000002" + "00000000" + "00000000"));
        Assert.Equal(2, (await FetchAsync(new RpcClientConnection(_pipes.Client), "x")).Errno);
    }

    [Theory]
    [InlineData(Accepted + "00000001", "PROG_UNAVAIL")]
    [InlineData(Accepted + "00000002" + "00000003" + "00000005", "PROG_MISMATCH: the server has versions 3 to 5")]
    [InlineData(Accepted + "00000003", "PROC_UNAVAIL")]
    [InlineData(Accepted + "00000004", "GARBAGE_ARGS")]
    [InlineData(Accepted + "00000005", "SYSTEM_ERR")]
    [InlineData("00000001" + "00000001" + "00000001" + "00000000" + "00000002" + "00000002", "RPC_MISMATCH")]
    [InlineData("00000001" + "00000001" + "00000001" + "00000001" + "00000001", "AUTH_ERROR: BadCredential")]
    public async Task A_refusal_says_which_one(string reply, string words)
    {
        await SendAsync(Record(reply));
        RpcRefusedException refused =
            await Assert.ThrowsAsync<RpcRefusedException>(() => FetchAsync(new RpcClientConnection(_pipes.Client), "x"));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00000002" + "00000001" + "00000000" + "0000000000000000" + "00000000")]
    [InlineData("00000001" + "00000002")]
    [InlineData("00000001" + "00000001" + "00000007")]
    [InlineData(Accepted + "00000009")]
    [InlineData(Accepted + "00000000" + "00000001")]
    [InlineData(Accepted + "00000000" + "00000001" + "00000000" + "7fffffff")]
    public async Task A_server_that_breaks_the_protocol_is_left(string reply)
    {
        await SendAsync(Record(reply));
        await Assert.ThrowsAsync<ProtocolException>(() => FetchAsync(new RpcClientConnection(_pipes.Client), "x"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80000028")]
    [InlineData("8000002800000001")]
    public async Task A_server_that_dies_before_it_has_answered_is_noticed(string bytes)
    {
        await SendAsync(Convert.FromHexString(bytes));
        await _pipes.Server.Output.CompleteAsync();
        await Assert.ThrowsAsync<ProtocolException>(() => FetchAsync(new RpcClientConnection(_pipes.Client), "x"));
    }

    private static byte[] Record(string hex)
    {
        using var record = new RecordBuffer();
        record.Write(Convert.FromHexString(hex));
        return record.Complete().ToArray();
    }

    private static Task<GetSpecReply> FetchAsync(RpcClientConnection client, string key) => client.CallAsync(
        GlusterPrograms.Handshake, GlusterPrograms.HandshakeVersion, GlusterPrograms.GetSpec,
        new GetSpecCall(0, key, GlusterDict.Empty).Write, GetSpecReply.Read, CancellationToken.None);

    private async Task SendAsync(byte[] bytes) => await _pipes.Server.Output.WriteAsync(bytes);
}
