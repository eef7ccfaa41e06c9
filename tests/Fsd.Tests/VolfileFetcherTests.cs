using KadaluFsd.Contract;
using KadaluFsd.Fsd.Cli;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Xdr;
using KadaluFsd.Shared;
using KadaluFsd.Shared.Wire;

namespace KadaluFsd.Fsd.Tests;

/// <summary>A client of a volfile server that follows a script.</summary>
public sealed class VolfileFetcherTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly ScriptedServer _server = ScriptedServer.OnPort();

    public void Dispose()
    {
        _server.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task It_asks_as_a_client_of_GlusterFS_does_and_gets_what_is_answered()
    {
        using VolfileFetcher fetcher = await ConnectAsync();
        await using ScriptedPeer peer = await _server.AcceptAsync();
        Task<GetSpecReply> fetching = fetcher.FetchAsync("pool1", wantsServers: true, CancellationToken.None);
        var reader = new XdrReader(await peer.ReadRecordAsync());
        var header = Rpc.Onc.CallHeader.Read(ref reader);
        Assert.Equal(
            (1u, GlusterPrograms.Handshake, GlusterPrograms.GetSpec), (header.Xid, header.Program, header.Procedure));
        var call = GetSpecCall.Read(ref reader);
        Assert.Equal((1u, "pool1", "100000"), (call.Flags, Text(call.Key), call.Xdata.GetString("max-op-version"u8)));
        byte[] reply = RpcRecord.Reply(1, GetSpecReply.Found("volume x"u8.ToArray()).Write);
        await peer.SendInPiecesAsync(reply, () => { }, 2, 4, 30);
        Assert.Equal("volume x", Text((await fetching).Spec));
    }

    [Fact]
    public async Task It_hears_of_a_change()
    {
        using VolfileFetcher fetcher = await ConnectAsync();
        await using ScriptedPeer peer = await _server.AcceptAsync();
        Task waiting = fetcher.WaitForChangeAsync(CancellationToken.None);
        await peer.SendAsync(RpcRecord.Of(writer => FetchSpecCallback.Write(writer, 3)));
        await waiting.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Nothing_else_that_a_server_says_is_a_change()
    {
        using VolfileFetcher fetcher = await ConnectAsync();
        Task waiting = fetcher.WaitForChangeAsync(CancellationToken.None);
        await using (ScriptedPeer peer = await _server.AcceptAsync())
        {
            await peer.SendAsync(RpcRecord.Call(1, GlusterPrograms.Callback, GlusterPrograms.CallbackVersion, 2));
            await peer.SendAsync(RpcRecord.Call(2, GlusterPrograms.Handshake, 2, GlusterPrograms.FetchSpec));
        }

        Assert.Equal(
            ExitCode.PeerUnreachable,
            (await Assert.ThrowsAsync<CommandException>(() => waiting.WaitAsync(Patience.Limit))).Code);
    }

    [Fact]
    public async Task A_volfile_that_is_not_given_is_a_refusal()
    {
        CommandException refused = await FailAsync(RpcRecord.Reply(1, GetSpecReply.Failed(2).Write));
        Assert.Equal(
            (ExitCode.PeerRefused, $"{_server.Place} does not give volfile \"pool1\": errno 2"), (refused.Code, refused.Message));
    }

    [Fact]
    public async Task A_call_that_is_not_taken_is_a_refusal()
    {
        CommandException refused = await FailAsync(RpcRecord.Of(1, 1, 0, 0, 0, 1));
        Assert.Equal(ExitCode.PeerRefused, refused.Code);
        Assert.StartsWith($"{_server.Place}: PROG_UNAVAIL", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("80000100")]
    [InlineData("8000001800000001")]
    [InlineData("474554202f20485454502f312e310d0a0d0a")]
    [InlineData("80000018" + "00000002" + "00000001" + "00000000" + "0000000000000000" + "00000000")]
    [InlineData("ffffffff00000001")]
    public async Task A_server_that_breaks_off_or_says_something_else_is_not_reached(string hex)
    {
        CommandException broken = await FailAsync(Convert.FromHexString(hex));
        Assert.Equal(ExitCode.PeerUnreachable, broken.Code);
        Assert.StartsWith($"{_server.Place}: ", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_waited_for_as_long_as_is_said()
    {
        using VolfileFetcher fetcher = await ConnectAsync();
        await using ScriptedPeer peer = await _server.AcceptAsync();
        fetcher.AnswersWithin = TimeSpan.FromMilliseconds(50);
        CommandException silent = await Assert.ThrowsAsync<CommandException>(
            () => fetcher.FetchAsync("pool1", wantsServers: false, CancellationToken.None));
        Assert.Equal(
            (ExitCode.PeerUnreachable, $"{_server.Place}: no answer within 0.05 s"), (silent.Code, silent.Message));
    }

    [Fact]
    public async Task Who_asks_may_stop_to_wait()
    {
        using VolfileFetcher fetcher = await ConnectAsync();
        using var stop = new CancellationTokenSource();
        Task waiting = fetcher.WaitForChangeAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_path_is_a_unix_socket()
    {
        string path = Path.Combine(_directory.FullName, "s");
        Assert.Equal(
            ExitCode.PeerUnreachable,
            (await Assert.ThrowsAsync<CommandException>(() => VolfileFetcher.ConnectAsync(path, CancellationToken.None))).Code);
        using var server = ScriptedServer.OnSocket(path);
        using VolfileFetcher fetcher = await VolfileFetcher.ConnectAsync(path, CancellationToken.None);
        await using ScriptedPeer peer = await server.AcceptAsync();
        Task<GetSpecReply> fetching = fetcher.FetchAsync("pool1", wantsServers: false, CancellationToken.None);
        await peer.ReadRecordAsync();
        await peer.SendAsync(RpcRecord.Reply(1, GetSpecReply.Found(default).Write));
        Assert.Equal(0, (await fetching).Spec.Length);
        string tooDeep = "/" + new string('d', 200) + "/s";
        Assert.Equal(
            ExitCode.Usage,
            (await Assert.ThrowsAsync<CommandException>(
                () => VolfileFetcher.ConnectAsync(tooDeep, CancellationToken.None))).Code);
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    private Task<VolfileFetcher> ConnectAsync() => VolfileFetcher.ConnectAsync(_server.Place, CancellationToken.None);

    // What a fetch comes to that is answered like this, after which the server closes.
    private async Task<CommandException> FailAsync(byte[] answer)
    {
        using VolfileFetcher fetcher = await ConnectAsync();
        Task<GetSpecReply> fetching = fetcher.FetchAsync("pool1", wantsServers: false, CancellationToken.None);
        await using (ScriptedPeer peer = await _server.AcceptAsync())
        {
            await peer.ReadRecordAsync();
            await peer.SendAsync(answer);
        }

        return await Assert.ThrowsAsync<CommandException>(() => fetching.WaitAsync(Patience.Limit));
    }
}
