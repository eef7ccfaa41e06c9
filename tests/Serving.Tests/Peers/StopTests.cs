using System.Net.Sockets;
using KadaluFsd.Contract;
using KadaluFsd.Shared.Wire;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>A gateway that stops while peers are connected.</summary>
public sealed class StopTests
{
    private static readonly byte[] s_call = RpcRecord.GetSpec(9, "pool1");

    [Fact]
    public async Task When_nobody_is_accepted_any_more_who_has_fetched_is_still_answered()
    {
        await using ServingProcess gateway = await StartAsync();
        await using ScriptedPeer served = await gateway.ConnectLocallyAsync();
        await served.SendAsync(s_call);
        await served.ExpectGetSpecReplyAsync(9);
        await using ScriptedPeer silent = await gateway.ConnectLocallyAsync();
        gateway.Round();
        System.Net.IPEndPoint port = gateway.Port;
        await gateway.StopAcceptingAsync();
        await silent.ExpectCloseAsync();
        Assert.Equal(
            SocketError.ConnectionRefused,
            (await Assert.ThrowsAsync<SocketException>(() => ScriptedPeer.ConnectAsync(port))).SocketErrorCode);
        Assert.False(File.Exists(gateway.SocketPath));
        await served.SendAsync(s_call);
        await served.ExpectGetSpecReplyAsync(9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public async Task When_it_stops_every_connection_ends_whatever_is_half_there(int length)
    {
        await using ServingProcess gateway = await StartAsync();
        await using ScriptedPeer peer = await gateway.ConnectAsync();
        await peer.SendAsync(s_call);
        await peer.ExpectGetSpecReplyAsync(9);
        await peer.SendAsync(s_call[..length]);
        await gateway.StopAcceptingAsync();
        await gateway.StopServingAsync();
        await peer.ExpectCloseAsync();
        Assert.Equal(0, gateway.Volfiles.Connections.Count);
    }

    [Fact]
    public async Task A_port_that_was_freed_can_be_listened_on_at_once()
    {
        await using ServingProcess gateway = await StartAsync();
        await using ScriptedPeer peer = await gateway.ConnectAsync();
        await peer.SendAsync(s_call);
        await peer.ExpectGetSpecReplyAsync(9);
        System.Net.IPEndPoint port = gateway.Port;
        await gateway.StopAcceptingAsync();
        using Routing.PortListener next =
            Routing.PortListener.Listen(new ListenAddress([port.Address], port.Port), shared: false, Routing.RouteDecision.ForVolfilePort);
        await using ScriptedPeer waits = await ScriptedPeer.ConnectAsync(port);
    }

    private static Task<ServingProcess> StartAsync() =>
        ServingProcess.StartGatewayAsync(volfiles: ("pool1", Texts.Client()));
}
