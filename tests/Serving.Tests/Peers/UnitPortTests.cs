using System.Net;
using System.Net.Sockets;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Shared;
using KadaluFsd.Shared.Wire;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>The ports of a unit: what is for its graph, what is not, and what becomes of what the graph does not take.</summary>
public sealed class UnitPortTests
{
    private const string Unit = "/units/u1";

    private static readonly byte[] s_setVolume = Golden.Read("setvolume-call");
    private static readonly byte[] s_hello = [0x16, 3, 1, 0, 4, 1, 2, 3, 4];

    [Fact]
    public async Task What_is_for_the_graph_is_given_to_it_with_every_byte()
    {
        var graph = new ScriptedGraph();
        await using ServingProcess unit = await StartAsync(graph);
        await using ScriptedPeer client = await unit.ConnectAsync("127.0.0.2");
        await client.SendInPiecesAsync(s_setVolume, unit.Round, 5, 27, 28);
        (ScriptedPeer taken, bool isNode) = await graph.TakenAsync();
        await using ScriptedPeer inside = taken;
        Assert.Equal(Convert.ToHexString(s_setVolume.AsSpan(4)), Convert.ToHexString(await inside.ReadRecordAsync()));
        await inside.SendAsync(RpcRecord.Reply(7, _ => { }));
        await client.ExpectAsync(7, 1, 0, 0, 0, 0);
        Assert.False(isNode);

        // Nothing of ours closes it or answers on it.
        await client.SendAsync(RpcRecord.GetSpec(9, "pool1"));
        Assert.Equal((GlusterPrograms.Handshake, 2u, GlusterPrograms.GetSpec), await inside.ExpectCallAsync());
    }

    [Fact]
    public async Task A_fetch_on_the_same_port_is_answered_without_the_graph_and_for_this_pool_only()
    {
        var graph = new ScriptedGraph();
        await using ServingProcess unit = await StartAsync(graph);
        await using ScriptedPeer client = await unit.ConnectAsync();
        await client.SendAsync([.. RpcRecord.GetSpec(9, "pool1"), .. RpcRecord.GetSpec(10, "pool2")]);
        Assert.Equal(Texts.Client(directory: Unit), (await client.ExpectGetSpecReplyAsync(9)).Text());
        Assert.Equal(GlusterErrno.NoEntry, (await client.ExpectGetSpecReplyAsync(10)).Errno);
        Assert.Equal(0, graph.Offers);
    }

    [Fact]
    public async Task On_the_port_of_the_pool_nothing_is_for_the_graph()
    {
        var graph = new ScriptedGraph();
        await using ServingProcess unit = await StartAsync(graph, new ServingOptions { Listen = { PoolPort = 0 } });
        await using ScriptedPeer client = await ScriptedPeer.ConnectAsync(unit.PoolPort);
        await client.SendAsync(
            [.. s_setVolume, .. RpcRecord.Call(8, GlusterPrograms.FileOperations, 400, 27), .. RpcRecord.GetSpec(9, "pool1")]);

        // SETVOLUME is a procedure that the handshake program does not have here; of file operations there are none.
        uint xid = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(s_setVolume.AsSpan(4));
        await client.ExpectAsync(xid, 1, 0, 0, 0, 3);
        await client.ExpectAsync(8, 1, 0, 0, 0, 1);
        await client.ExpectGetSpecReplyAsync(9);
        Assert.Equal(0, graph.Offers);
    }

    [Fact]
    public async Task On_the_port_of_the_node_every_pool_is_served()
    {
        // Bound, so that nobody else gets it, and not listened on, so that nobody connects to it.
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        const int SolSocket = 1, SoReusePort = 15;
        reserved.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
        reserved.Bind(new IPEndPoint(IPAddress.Any, 0));
        int port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
        await using ServingProcess unit = await StartAsync(new ScriptedGraph(), new ServingOptions { Listen = { NodePort = port } });
        await using ScriptedPeer client = await ScriptedPeer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        await client.SendAsync([.. RpcRecord.GetSpec(9, "pool1"), .. RpcRecord.GetSpec(10, "pool2")]);
        Assert.Equal(Texts.Client(directory: Unit), (await client.ExpectGetSpecReplyAsync(9)).Text());
        Assert.Equal(Texts.Client(directory: "/units/other"), (await client.ExpectGetSpecReplyAsync(10)).Text());
    }

    [Fact]
    public async Task TLS_is_for_the_graph_where_it_speaks_it()
    {
        var graph = new ScriptedGraph();
        await using ServingProcess unit = await StartAsync(graph, new ServingOptions { Tls = { Mode = TlsMode.Off } }, isEncrypted: true);
        await using ScriptedPeer client = await unit.ConnectAsync();
        await client.SendAsync(s_hello);
        (ScriptedPeer taken, _) = await graph.TakenAsync();
        await using ScriptedPeer inside = taken;
        byte[] seen = new byte[s_hello.Length];
        await inside.Stream.ReadExactlyAsync(seen);
        Assert.Equal(s_hello, seen);
    }

    [Fact]
    public async Task TLS_is_not_for_a_graph_that_does_not_speak_it()
    {
        var graph = new ScriptedGraph();
        await using ServingProcess unit = await StartAsync(graph, new ServingOptions { Tls = { Mode = TlsMode.Off } });
        await using ScriptedPeer client = await unit.ConnectAsync();
        await client.SendAsync(s_hello);
        await client.ExpectCloseAsync();
        Assert.Equal(0, graph.Offers);
    }

    [Fact]
    public async Task What_the_graph_does_not_take_is_closed()
    {
        await using ServingProcess unit = await StartAsync(new ScriptedGraph(Handover.Refused));
        await using ScriptedPeer client = await unit.ConnectAsync();
        await client.SendAsync(s_setVolume);
        await client.ExpectCloseAsync();
    }

    [Fact]
    public async Task What_the_graph_cannot_take_yet_is_offered_again_and_loses_nothing()
    {
        var graph = new ScriptedGraph(Handover.NotNow, Handover.NotNow);
        await using ServingProcess unit = await StartAsync(graph);
        await using ScriptedPeer client = await unit.ConnectAsync();
        await client.SendAsync(s_setVolume);
        (ScriptedPeer taken, _) = await graph.TakenAsync();
        await using ScriptedPeer inside = taken;
        await inside.ReadRecordAsync();
        Assert.Equal(3, graph.Offers);
    }

    [Fact]
    public async Task More_than_may_wait_for_the_graph_are_closed_and_so_are_those_that_wait_when_it_stops()
    {
        Handover[] never = [.. Enumerable.Repeat(Handover.NotNow, 1_000_000)];
        var graph = new ScriptedGraph(never);
        await using ServingProcess unit = await StartAsync(graph, new ServingOptions { Connections = { MaxUndecided = 1 } });
        await using ScriptedPeer first = await unit.ConnectAsync();
        await first.SendAsync(s_setVolume);
        await Until.SoAsync("the graph is given the first connection", () => graph.Offers > 0);
        await using ScriptedPeer second = await unit.ConnectAsync();
        await second.SendAsync(s_setVolume);
        await second.ExpectCloseAsync();
        await unit.StopAcceptingAsync();
        await first.ExpectCloseAsync();
    }

    [Fact]
    public async Task As_long_as_clients_are_not_let_in_the_graph_is_asked_each_second_for_those_that_are_late()
    {
        var graph = new ScriptedGraph { NotLetIn = 1 };
        await using ServingProcess unit = await StartAsync(graph);
        unit.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, graph.Checks);
        await using ScriptedPeer client = await unit.ConnectAsync();
        await client.SendAsync(s_setVolume);
        (ScriptedPeer taken, _) = await graph.TakenAsync();
        await using ScriptedPeer inside = taken;
        unit.Round();
        unit.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(0, graph.Checks);
        unit.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, graph.Checks);
        graph.NotLetIn = 0;
        unit.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, graph.Checks);
        unit.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, graph.Checks);
    }

    [Theory]
    [InlineData("client", true)]
    [InlineData("other", false)]
    public async Task A_client_that_fetches_inside_of_the_graphs_TLS_is_known_by_its_certificate(string name, bool mayFetch)
    {
        await using ServingProcess unit = await StartAsync(
            new ScriptedGraph(), new ServingOptions { Tls = { Mode = TlsMode.Required, Allow = "client" } }, isEncrypted: true);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using ScriptedPeer client = await ScriptedPeer.ConnectAsync(listener.LocalEndpoint);
        unit.Run(() => unit.Volfiles.Connections.AddRelayed(
            TestSockets.Accept(listener), new IPEndPoint(IPAddress.Parse("192.0.2.7"), 1), name));
        if (mayFetch)
        {
            await client.SendAsync(RpcRecord.GetSpec(9, "pool1"));
            await client.ExpectGetSpecReplyAsync(9);
        }
        else
        {
            await client.ExpectCloseAsync();
        }
    }

    private static Task<ServingProcess> StartAsync(ScriptedGraph graph, ServingOptions? options = null, bool isEncrypted = false) =>
        ServingProcess.StartUnitAsync(
            graph, new ServedPools(Unit, Guid.NewGuid()), options, isEncrypted,
            ("pool1", Texts.Client(directory: Unit)), ("pool2", Texts.Client(directory: "/units/other")));
}
