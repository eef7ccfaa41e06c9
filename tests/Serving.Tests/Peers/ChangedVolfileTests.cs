using System.Diagnostics;
using KadaluFsd.Shared;
using KadaluFsd.Shared.Wire;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>Clients that are told of a changed volfile, with a clock that the test sets.</summary>
public sealed class ChangedVolfileTests : IAsyncLifetime
{
    private readonly List<ScriptedPeer> _peers = [];
    private ServingProcess? _gateway;

    public async Task InitializeAsync() => _gateway =
        await ServingProcess.StartGatewayAsync(volfiles: [("pool1", Texts.Client("192.0.2.1")), ("pool2", Texts.Client("192.0.2.1"))]);

    public async Task DisposeAsync()
    {
        foreach (ScriptedPeer peer in _peers)
        {
            await peer.DisposeAsync();
        }

        await _gateway!.DisposeAsync();
    }

    [Fact]
    public async Task Who_holds_what_has_changed_is_told_and_fetches_it_anew_and_nobody_else()
    {
        ScriptedPeer holder = await FetchAsync("pool1");
        ScriptedPeer other = await FetchAsync("pool2");
        _gateway!.Write("pool1", Texts.Client("192.0.2.2"));
        await holder.ExpectFetchSpecAsync();
        await holder.SendAsync(RpcRecord.GetSpec(10, "pool1"));
        Assert.Equal(Texts.Client("192.0.2.2"), (await holder.ExpectGetSpecReplyAsync(10)).Text());

        // Nothing else has come on either before these answers.
        await other.SendAsync(RpcRecord.GetSpec(11, "pool2"));
        Assert.Equal(Texts.Client("192.0.2.1"), (await other.ExpectGetSpecReplyAsync(11)).Text());
        await holder.SendAsync(RpcRecord.GetSpec(12, "pool1"));
        await holder.ExpectGetSpecReplyAsync(12);
        Assert.Equal(1, _gateway.Volfiles.Counters.Notified);
    }

    [Fact]
    public async Task Who_does_not_fetch_it_is_told_of_the_next_change_as_well()
    {
        ScriptedPeer peer = await FetchAsync("pool1");
        _gateway!.Write("pool1", Texts.Client("192.0.2.2"));
        await peer.ExpectFetchSpecAsync();
        _gateway.Write("pool1", Texts.Client("192.0.2.3"));
        await peer.ExpectFetchSpecAsync();
        await peer.SendAsync(RpcRecord.GetSpec(10, "pool1"));
        Assert.Equal(Texts.Client("192.0.2.3"), (await peer.ExpectGetSpecReplyAsync(10)).Text());
    }

    [Fact]
    public async Task Whoever_answers_the_callback_is_left_since_it_has_no_answer()
    {
        ScriptedPeer peer = await FetchAsync("pool1");
        _gateway!.Write("pool1", Texts.Client("192.0.2.2"));
        await peer.ExpectFetchSpecAsync();
        await peer.SendAsync(RpcRecord.Reply(1, _ => { }));
        await peer.ExpectCloseAsync();
    }

    [Fact]
    public async Task A_callback_comes_between_two_answers_and_not_inside_of_one()
    {
        ScriptedPeer peer = await FetchAsync("pool1");
        byte[] call = RpcRecord.GetSpec(10, "pool1");
        await peer.SendAsync(call[..50]);
        _gateway!.Write("pool1", Texts.Client("192.0.2.2"));
        await peer.ExpectFetchSpecAsync();
        await peer.SendAsync(call[50..]);
        Assert.Equal(Texts.Client("192.0.2.2"), (await peer.ExpectGetSpecReplyAsync(10)).Text());
    }

    [Fact]
    public async Task Many_are_told_one_after_the_other_as_time_goes_by()
    {
        const int Clients = 50;
        for (int number = 0; number < Clients; number++)
        {
            await FetchAsync("pool1");
        }

        _gateway!.Write("pool1", Texts.Client("192.0.2.2"));

        // They are told in no order that a client could know. While the clock stands still some are, and others are not.
        var told = _peers.Select(peer => peer.ExpectFetchSpecAsync()).ToList();
        await Task.WhenAny(told);
        Assert.Contains(told, callback => !callback.IsCompleted);
        while (told.Exists(callback => !callback.IsCompleted))
        {
            _gateway.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await Task.WhenAll(told);
    }

    [Fact]
    public async Task A_burst_of_changes_is_told_once_for_each_quiet_moment_at_most()
    {
        // From one telling to the next at least this long nothing has changed.
        const int QuietMilliseconds = 100;
        const int Changes = 20;
        ScriptedPeer peer = await FetchAsync("pool1");
        ScriptedPeer other = await FetchAsync("pool2");
        var clock = Stopwatch.StartNew();
        for (int version = 2; version < 2 + Changes; version++)
        {
            string text = Texts.Client($"192.0.2.{version}");
            _gateway!.Write("pool1", text);
            await Until.SeesAsync("the change is served", () => _gateway.Volfiles.Store.Find("pool1")!.Text, now => now == text);
        }

        // Whoever hears of a later change hears of it behind all that was told of earlier ones.
        _gateway!.Write("pool2", Texts.Client("192.0.2.2"));
        await other.ExpectFetchSpecAsync();
        double most = 1 + (clock.ElapsedMilliseconds / (double)QuietMilliseconds);
        await peer.SendAsync(RpcRecord.GetSpec(10, "pool1"));
        int told = 0;
        while (IsCall(await peer.ReadRecordAsync()))
        {
            told++;
        }

        Assert.InRange(told, 1, most);
    }

    [Fact]
    public async Task A_reload_has_everybody_fetch_again_who_has_fetched()
    {
        ScriptedPeer holder = await FetchAsync("pool1");
        ScriptedPeer none = await _gateway!.ConnectAsync();
        _peers.Add(none);
        await none.SendAsync(RpcRecord.GetSpec(9, "nosuch"));
        await none.ExpectGetSpecReplyAsync(9);
        _gateway.Volfiles.Reload();
        await holder.ExpectFetchSpecAsync();
        await none.SendAsync(RpcRecord.GetSpec(10, "pool1"));
        await none.ExpectGetSpecReplyAsync(10);
    }

    // Behind the transaction id: CALL, where a reply has REPLY.
    private static bool IsCall(byte[] record) => record[7] == 0;

    private async Task<ScriptedPeer> FetchAsync(string key)
    {
        ScriptedPeer peer = await _gateway!.ConnectAsync();
        _peers.Add(peer);
        await peer.SendAsync(RpcRecord.GetSpec(9, key));
        await peer.ExpectGetSpecReplyAsync(9);
        return peer;
    }
}
