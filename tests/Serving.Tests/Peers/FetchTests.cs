using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Shared.Wire;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>What a gateway answers to peers that follow a script.</summary>
public sealed class FetchTests : IAsyncLifetime
{
    private const uint Accepted = 0;
    private const uint Denied = 1;

    private static readonly string s_text = Texts.Client();

    private ServingProcess? _gateway;

    public async Task InitializeAsync() => _gateway = await ServingProcess.StartGatewayAsync(volfiles: ("pool1", s_text));

    public async Task DisposeAsync() => await _gateway!.DisposeAsync();

    public static TheoryData<string, uint[], uint[]> Calls => new()
    {
        // xid 9, CALL, version 2, then program, version, procedure, credential and verifier; RFC 5531 section 9.
        { "nothing", [9, 0, 2, GlusterPrograms.Handshake, 2, 0, 0, 0, 0, 0], [9, 1, Accepted, 0, 0, 0] },
        { "an unknown program", [9, 0, 2, 100003, 3, 1, 0, 0, 0, 0], [9, 1, Accepted, 0, 0, 1] },
        { "another version", [9, 0, 2, GlusterPrograms.Handshake, 7, 2, 0, 0, 0, 0], [9, 1, Accepted, 0, 0, 2, 2, 2] },
        { "an unknown procedure", [9, 0, 2, GlusterPrograms.Handshake, 2, 99, 0, 0, 0, 0], [9, 1, Accepted, 0, 0, 3] },
        { "no arguments", [9, 0, 2, GlusterPrograms.Handshake, 2, 2, 0, 0, 0, 0], [9, 1, Accepted, 0, 0, 4] },
        { "a key that ends nowhere", [9, 0, 2, GlusterPrograms.Handshake, 2, 2, 0, 0, 0, 0, 0, 800, 0], [9, 1, Accepted, 0, 0, 4] },
        { "another ONC RPC", [9, 0, 3, GlusterPrograms.Handshake, 2, 2, 0, 0, 0, 0], [9, 1, Denied, 0, 2, 2] },
        { "a credential that nobody checks", [9, 0, 2, GlusterPrograms.Handshake, 2, 2, 6, 0, 0, 0], [9, 1, Denied, 1, 5] },
    };

    public static TheoryData<string, string> Garbage => new()
    {
        { "another protocol", Convert.ToHexString("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8) },
        { "a reply", "80000018" + "00000009" + "00000001" + "00000000" + "0000000000000000" + "00000000" },
        { "a record of 2 GiB", "ffffffff" + "00000009" + "00000000" + "00000002" + "00dbb4a9" + "00000002" + "00000002" },
        { "a record that no call fits in", "80000004" + "00000009" },
        { "an empty record", "80000000" },
        { "a fragment of 2 GiB", "7fffffff" + "00000009" + "00000000" },
    };

    [Fact]
    public async Task A_fetch_is_answered_wherever_it_is_split()
    {
        byte[] call = RpcRecord.GetSpec(9, "pool1");
        for (int offset = 1; offset < call.Length; offset++)
        {
            await using ScriptedPeer peer = await _gateway!.ConnectLocallyAsync();
            await peer.SendInPiecesAsync(call, _gateway.Round, offset);
            Assert.Equal(s_text, (await peer.ExpectGetSpecReplyAsync(9)).Text());
        }
    }

    [Fact]
    public async Task A_fetch_is_answered_when_it_comes_byte_by_byte()
    {
        byte[] call = RpcRecord.GetSpec(9, "pool1");
        await using ScriptedPeer peer = await _gateway!.ConnectLocallyAsync();
        await peer.SendInPiecesAsync(call, _gateway.Round, [.. Enumerable.Range(1, call.Length - 1)]);
        Assert.Equal(s_text, (await peer.ExpectGetSpecReplyAsync(9)).Text());
    }

    [Theory]
    [InlineData(24)]
    [InlineData(40, 4, 4)]
    [InlineData(4, 0, 20)]
    public async Task A_fetch_is_answered_when_it_comes_in_fragments(params int[] lengths)
    {
        await using ScriptedPeer peer = await _gateway!.ConnectAsync();
        await peer.SendAsync(RpcRecord.InFragments(RpcRecord.GetSpec(9, "pool1"), lengths));
        Assert.Equal(s_text, (await peer.ExpectGetSpecReplyAsync(9)).Text());
    }

    [Fact]
    public async Task Calls_in_one_packet_are_answered_in_order_and_so_is_what_follows()
    {
        await using ScriptedPeer peer = await _gateway!.ConnectAsync();
        byte[] ping = RpcRecord.Call(8, GlusterPrograms.Handshake, 2, GlusterPrograms.HandshakePing);
        byte[] third = RpcRecord.GetSpec(7, "/pool1");
        await peer.SendAsync([.. RpcRecord.GetSpec(9, "pool1"), .. ping, .. third[..10]]);
        Assert.Equal(s_text, (await peer.ExpectGetSpecReplyAsync(9)).Text());
        await peer.ExpectAsync(8, 1, Accepted, 0, 0, 0, 0, 0, 0);
        await peer.SendAsync(third[10..]);
        Assert.Equal(s_text, (await peer.ExpectGetSpecReplyAsync(7)).Text());
        peer.EndSending();
        await peer.ExpectCloseAsync();
    }

    [Theory]
    [InlineData("other", 2)]
    [InlineData("", 22)]
    [InlineData("..", 22)]
    [InlineData("../pool1", 22)]
    [InlineData("/etc/passwd", 22)]
    [InlineData("pool1\n", 22)]
    public async Task What_is_not_there_and_what_cannot_be_a_key_are_told_apart(string key, int errno)
    {
        await using ScriptedPeer peer = await _gateway!.ConnectAsync();
        await peer.SendAsync(RpcRecord.GetSpec(9, key));
        GetSpecReply refused = await peer.ExpectGetSpecReplyAsync(9);
        Assert.Equal((-1, errno, 0), (refused.Result, refused.Errno, refused.Spec.Length));
        await peer.SendAsync(RpcRecord.GetSpec(10, "pool1"));
        Assert.Equal(s_text, (await peer.ExpectGetSpecReplyAsync(10)).Text());
        Assert.Equal((1, 1), (_gateway.Volfiles.Counters.Given, _gateway.Volfiles.Counters.Missing + _gateway.Volfiles.Counters.Illegal));
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task What_is_not_offered_is_answered_as_ONC_RPC_says_and_the_next_call_as_usual(
        string what, uint[] call, uint[] reply)
    {
        Assert.NotEmpty(what);
        await using ScriptedPeer peer = await _gateway!.ConnectAsync();
        await peer.SendAsync([.. RpcRecord.Of(call), .. RpcRecord.GetSpec(10, "pool1")]);
        await peer.ExpectAsync(reply);
        Assert.Equal(s_text, (await peer.ExpectGetSpecReplyAsync(10)).Text());
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task What_is_no_call_ends_the_connection_without_a_word(string what, string hex)
    {
        Assert.NotEmpty(what);
        await using ScriptedPeer peer = await _gateway!.ConnectAsync();
        await peer.SendAsync(Convert.FromHexString(hex));
        await peer.ExpectCloseAsync();
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task What_is_no_call_ends_the_connection_behind_an_answered_one_as_well(string what, string hex)
    {
        Assert.NotEmpty(what);
        await using ScriptedPeer peer = await _gateway!.ConnectAsync();
        await peer.SendAsync(RpcRecord.GetSpec(9, "pool1"));
        await peer.ExpectGetSpecReplyAsync(9);
        await peer.SendAsync(Convert.FromHexString(hex));
        await peer.ExpectCloseAsync();
    }

    [Fact]
    public async Task A_record_of_the_longest_that_is_accepted_is_answered_and_a_longer_one_is_not_waited_for()
    {
        // What is behind the header is no GETSPEC: a key can be 8 KiB long, and a dict 64.
        byte[] header = RpcRecord.Call(9, GlusterPrograms.Handshake, 2, GlusterPrograms.GetSpec);
        uint[] start = [9, 0, 2, GlusterPrograms.Handshake, 2, GlusterPrograms.GetSpec, 0, 0, 0, 0];
        byte[] longest = RpcRecord.Of(writer =>
        {
            for (int word = 0; word < RpcLimits.MaxCallRecord / 4; word++)
            {
                writer.WriteUInt32(word < start.Length ? start[word] : 0xffffffff);
            }
        });
        await using ScriptedPeer peer = await _gateway!.ConnectAsync();
        await peer.SendAsync(longest);
        await peer.ExpectAsync(9, 1, Accepted, 0, 0, 4);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header, RecordMark.OfOneFragment(RpcLimits.MaxCallRecord + 1));
        await peer.SendAsync(header);
        await peer.ExpectCloseAsync();
    }

    [Fact]
    public async Task A_record_in_more_fragments_than_are_accepted_ends_the_connection()
    {
        byte[] call = RpcRecord.GetSpec(9, "pool1");
        int[] most = [24, .. new int[RpcLimits.MaxFragments - 2]];
        await using ScriptedPeer peer = await _gateway!.ConnectAsync();
        await peer.SendAsync(RpcRecord.InFragments(call, most));
        Assert.Equal(s_text, (await peer.ExpectGetSpecReplyAsync(9)).Text());
        await peer.SendAsync(RpcRecord.InFragments(call, [.. most, 0]));
        await peer.ExpectCloseAsync();
    }

    [Fact]
    public async Task Who_closes_in_the_middle_of_a_call_leaves_nothing_behind()
    {
        await using (ScriptedPeer peer = await _gateway!.ConnectLocallyAsync())
        {
            await peer.SendAsync(RpcRecord.GetSpec(9, "pool1")[..40]);
            _gateway.Round();
            Assert.Equal(1, _gateway.Volfiles.Connections.Count);
        }

        _gateway.Round();
        Assert.Equal(0, _gateway.Volfiles.Connections.Count);
    }
}
