using KadaluFsd.Shared;
using KadaluFsd.Shared.Wire;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>Peers that keep a gateway waiting, with a clock that the test sets. On a unix socket, where what was sent has arrived.</summary>
public sealed class DeadlineTests : IAsyncLifetime
{
    private static readonly byte[] s_call = RpcRecord.GetSpec(9, "pool1");

    private readonly ServingOptions _options = new()
    {
        Connections = { HeaderTimeout = TimeSpan.FromSeconds(10), CallTimeout = TimeSpan.FromSeconds(40), MaxUndecided = 2 },
    };

    private readonly List<ScriptedPeer> _peers = [];
    private ServingProcess? _gateway;

    public async Task InitializeAsync() =>
        _gateway = await ServingProcess.StartGatewayAsync(_options, volfiles: ("pool1", Texts.Client()));

    public async Task DisposeAsync()
    {
        foreach (ScriptedPeer peer in _peers)
        {
            await peer.DisposeAsync();
        }

        await _gateway!.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(27)]
    public async Task Who_has_not_sent_a_header_in_time_is_closed_and_who_came_later_is_not(int length)
    {
        ScriptedPeer first = await ConnectAsync(s_call[..length]);
        _gateway!.Advance(TimeSpan.FromSeconds(4));
        ScriptedPeer second = await ConnectAsync(s_call[..length]);
        _gateway.Advance(TimeSpan.FromSeconds(6));
        await first.ExpectCloseAsync();
        await second.SendAsync(s_call[length..]);
        await second.ExpectGetSpecReplyAsync(9);
    }

    [Fact]
    public async Task A_header_that_comes_byte_by_byte_has_no_more_time_than_another()
    {
        ScriptedPeer peer = await ConnectAsync();
        for (int second = 0; second < 10; second++)
        {
            await peer.SendAsync(s_call[second]);
            _gateway!.Advance(TimeSpan.FromSeconds(1));
        }

        await peer.ExpectCloseAsync();
    }

    [Fact]
    public async Task More_than_may_be_without_a_header_push_out_the_oldest()
    {
        ScriptedPeer oldest = await ConnectAsync();
        ScriptedPeer second = await ConnectAsync();
        ScriptedPeer third = await ConnectAsync();
        await oldest.ExpectCloseAsync();
        foreach (ScriptedPeer peer in new[] { second, third })
        {
            await peer.SendAsync(s_call);
            await peer.ExpectGetSpecReplyAsync(9);
        }
    }

    [Fact]
    public async Task Those_who_have_sent_a_header_are_not_among_them()
    {
        ScriptedPeer[] peers = [await ConnectAsync(s_call), await ConnectAsync(s_call), await ConnectAsync(s_call)];
        _gateway!.Advance(_options.Connections.HeaderTimeout);
        foreach (ScriptedPeer peer in peers)
        {
            await peer.ExpectGetSpecReplyAsync(9);
            await peer.SendAsync(s_call);
            await peer.ExpectGetSpecReplyAsync(9);
        }
    }

    [Theory]
    [InlineData(28)]
    [InlineData(60)]
    public async Task A_call_that_is_not_whole_in_time_ends_the_connection(int length)
    {
        ScriptedPeer peer = await ConnectAsync(s_call);
        await peer.ExpectGetSpecReplyAsync(9);
        await peer.SendAsync(s_call[..length]);
        _gateway!.Round();
        _gateway.Advance(_options.Connections.CallTimeout);
        await peer.SendAsync(s_call[length..]);
        await peer.ExpectGetSpecReplyAsync(9);
        await peer.SendAsync(s_call[..length]);
        _gateway.Round();
        _gateway.Advance(_options.Connections.CallTimeout * 1.25);
        await peer.ExpectCloseAsync();
    }

    [Fact]
    public async Task Who_has_an_answer_may_be_silent_for_days_and_who_has_none_may_not()
    {
        ScriptedPeer answered = await ConnectAsync(s_call);
        await answered.ExpectGetSpecReplyAsync(9);
        ScriptedPeer refused = await ConnectAsync(RpcRecord.Call(9, 100003, 3, 1));
        await refused.ExpectAsync(9, 1, 0, 0, 0, 1);
        _gateway!.Advance(TimeSpan.FromDays(3));
        await refused.ExpectCloseAsync();
        await answered.SendAsync(s_call);
        await answered.ExpectGetSpecReplyAsync(9);
    }

    [Fact]
    public async Task Who_asks_and_does_not_read_is_closed_and_nobody_else_waits_for_him()
    {
        _gateway!.Write("pool1", Texts.Client() + "# " + new string('x', 100_000) + "\n");
        await Until.SoAsync(
            "the gateway has read the longer volfile", () => _gateway.Volfiles.Store.Find("pool1")!.Length > 100_000);
        ScriptedPeer greedy = await ConnectAsync([.. Enumerable.Repeat(s_call, 100).SelectMany(call => call)]);
        await Until.SoAsync(
            "replies wait to be sent",
            () => _gateway.Volfiles.Connections.Open().Count(open => open.Connection.BusySince != 0) == 1);
        ScriptedPeer other = await ConnectAsync(s_call);
        await other.ExpectGetSpecReplyAsync(9);
        _gateway.Advance(_options.Connections.CallTimeout * 1.25);
        await Until.SoAsync("the one that does not read is closed", () => _gateway.Volfiles.Connections.Count == 1);
        Assert.InRange(await CountRepliesAsync(greedy), 1, 99);
    }

    // Replies that were there before the end.
    private static async Task<int> CountRepliesAsync(ScriptedPeer peer)
    {
        for (int count = 0; ; count++)
        {
            try
            {
                await peer.ReadRecordAsync();
            }
            catch (IOException)
            {
                return count;
            }
        }
    }

    private async Task<ScriptedPeer> ConnectAsync(params byte[] first)
    {
        ScriptedPeer peer = await _gateway!.ConnectLocallyAsync(first);
        _peers.Add(peer);
        return peer;
    }
}
