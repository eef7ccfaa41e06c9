using System.Net;
using System.Net.Sockets;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Serving.Tests;

/// <summary>Volfile connections over real sockets: peers that keep them waiting, and the end.</summary>
public sealed class VolfileConnectionsTests : IDisposable
{
    private static readonly TimeSpan s_limit = Patience.Limit;

    private const int VolfileLength = 100_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    private readonly FakeTimeProvider _time = new();
    private readonly EventLoop _loop;

    public VolfileConnectionsTests()
    {
        _loop = new EventLoop(NullLogger<EventLoop>.Instance, _time);
        _listener.Start();
        _loop.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _loop.Dispose();
    }

    [Fact]
    public async Task A_peer_that_asks_and_does_not_read_is_reset_after_the_deadline()
    {
        await using VolfileConnections connections = Create(callTimeout: 60);
        using Socket peer = await ConnectAsync(connections);
        await AskWithoutReadingAsync(peer);
        await WaitForReplyThatIsStuckAsync(connections);
        await LetTimePassAsync("the peer that does not read is gone", connections, left: 0);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_cannot_hold_up_the_stop()
    {
        VolfileConnections connections = Create(callTimeout: 3600);
        using Socket peer = await ConnectAsync(connections);
        await AskWithoutReadingAsync(peer);
        await connections.DisposeAsync().AsTask().WaitAsync(s_limit);
        Assert.Equal(0, connections.Count);
    }

    [Fact]
    public async Task A_peer_that_closes_its_sending_side_and_does_not_read_does_not_stay()
    {
        await using VolfileConnections connections = Create(callTimeout: 60);
        using Socket peer = await ConnectAsync(connections);
        await AskWithoutReadingAsync(peer);
        peer.Shutdown(SocketShutdown.Send);
        await WaitForReplyThatIsStuckAsync(connections);
        await LetTimePassAsync("the peer that does not read is gone", connections, left: 0);
    }

    [Fact]
    public async Task A_peer_without_an_answered_call_is_closed_and_one_with_stays()
    {
        await using VolfileConnections connections = Create(callTimeout: 60);
        using Socket client = await ConnectAsync(connections);
        await client.SendAsync(Golden.Read("getspec-fuse-call"));
        await ReceiveAsync(client, VolfileLength);
        using Socket idle = await ConnectAsync(connections);
        await LetTimePassAsync("only the client that has fetched is left", connections, left: 1);
        Assert.Equal(0, await idle.ReceiveAsync(new byte[1]));
        await client.SendAsync(Golden.Read("getspec-fuse-call"));
        Assert.True(await client.ReceiveAsync(new byte[1 << 20]) > 0);
    }

    [Fact]
    public async Task More_than_may_be_open_are_closed_at_once()
    {
        await using VolfileConnections connections = Create(callTimeout: 3600, max: 2);
        using Socket first = await ConnectAsync(connections);
        using Socket second = await ConnectAsync(connections);
        using Socket third = await ConnectAsync(connections);
        Assert.Equal(0, await third.ReceiveAsync(new byte[1]));
        Assert.Equal(2, connections.Count);
    }

    [Fact]
    public async Task One_address_may_not_have_them_all_and_gets_its_share_back()
    {
        await using VolfileConnections connections = Create(callTimeout: 3600, perAddress: 1);
        Socket first = await ConnectAsync(connections);
        using Socket second = await ConnectAsync(connections);
        Assert.Equal(0, await second.ReceiveAsync(new byte[1]));
        first.Dispose();
        await Until.SeesAsync("the first connection is forgotten", () => connections.Count, count => count == 0);
        using Socket third = await ConnectAsync(connections);
        await third.SendAsync(Golden.Read("getspec-fuse-call"));
        Assert.True(await third.ReceiveAsync(new byte[100]) > 0);
    }

    [Fact]
    public async Task An_address_that_may_not_is_closed_before_anything_is_read()
    {
        await using VolfileConnections connections = Create(callTimeout: 3600, admits: false);
        using Socket peer = await ConnectAsync(connections);
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]));
        Assert.Equal(0, connections.Count);
    }

    [Fact]
    public async Task A_long_call_and_a_long_reply_get_through_small_buffers()
    {
        byte[] volfile = new byte[3_000_000];
        await using VolfileConnections connections = Create(callTimeout: 3600, volfile: volfile);
        using Socket peer = await ConnectAsync(connections);
        await peer.SendAsync(Golden.Read("getspec-fuse-call"));
        await ReceiveAsync(peer, volfile.Length);
    }

    [Fact]
    public async Task A_peer_that_has_closed_its_sending_side_gets_every_answer_all_the_same()
    {
        const int Calls = 40;
        byte[] volfile = new byte[12_000];
        await using VolfileConnections connections = Create(callTimeout: 3600, volfile: volfile);
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await peer.ConnectAsync(_listener.LocalEndpoint);
        await peer.SendAsync(Enumerable.Repeat(Golden.Read("getspec-fuse-call"), Calls).SelectMany(call => call).ToArray());
        peer.Shutdown(SocketShutdown.Send);
        int accepted = TestSockets.Accept(_listener);
        _loop.Invoke(() => connections.Add(accepted));
        byte[] buffer = new byte[4096];
        long received = 0;
        while (await peer.ReceiveAsync(buffer) is > 0 and int count)
        {
            received += count;
        }

        Assert.InRange(received, Calls * volfile.Length, Calls * (volfile.Length + 100));
    }

    private VolfileConnections Create(
        double callTimeout, int max = 100, byte[]? volfile = null, int perAddress = 100, bool admits = true)
    {
        byte[] reply = GetSpecReply.Found(volfile ?? new byte[VolfileLength]).Encode();
        var options = new ConnectionOptions
        {
            CallTimeout = TimeSpan.FromSeconds(callTimeout),
            MaxVolfileConnections = max,
            MaxPerAddress = perAddress
        };
        var programs = new RpcProgramTable(new GetSpecProcedure((_, _) => reply));
        var connections = new VolfileConnections(
            _loop,
            _ => programs,
            _ => false,
            new VolfileAdmission(
                _loop, _ => admits, new VolfileTls(new VolfileTlsOptions(), NullLogger<VolfileTls>.Instance), options,
                NullLogger.Instance),
            options,
            NullLogger.Instance);
        connections.Sweep();
        return connections;
    }

    // This many bytes at least.
    private static async Task ReceiveAsync(Socket peer, int length)
    {
        byte[] buffer = new byte[1 << 16];
        for (int received = 0; received < length;)
        {
            int count = await peer.ReceiveAsync(buffer);
            Assert.NotEqual(0, count);
            received += count;
        }
    }

    // Some hundred replies of 100 kB: more than the sockets' buffers hold.
    private static async Task AskWithoutReadingAsync(Socket peer)
    {
        byte[] call = Golden.Read("getspec-fuse-call");
        for (int number = 0; number < 200; number++)
        {
            await peer.SendAsync(call);
        }
    }

    // From here on it has been answered, and is late only for what it does not read.
    private static Task<TimeSpan> WaitForReplyThatIsStuckAsync(VolfileConnections connections) => Until.SoAsync(
        "a reply is stuck on the way to the peer",
        () => connections.Open() is [{ Peer.Answered: > 0, Connection.BusySince: > 0 }]);

    private Task<int> LetTimePassAsync(string words, VolfileConnections connections, int left) => Until.SeesAsync(
        words,
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            return connections.Count;
        },
        count => count == left);

    private async Task<Socket> ConnectAsync(VolfileConnections connections)
    {
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(_listener.LocalEndpoint);
        _loop.Invoke(() => connections.Add(TestSockets.Accept(_listener)));
        return peer;
    }
}
