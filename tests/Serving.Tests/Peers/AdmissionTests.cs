using System.Net;
using KadaluFsd.Harness;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Shared;
using KadaluFsd.Shared.Wire;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>Who may connect, how often, and what each is told of the pool's servers.</summary>
public sealed class AdmissionTests
{
    private static readonly byte[] s_call = RpcRecord.GetSpec(9, "pool1");

    [Fact]
    public async Task An_address_has_its_share_and_gets_it_back()
    {
        await using ServingProcess gateway = await StartAsync(new ServingOptions { Connections = { MaxPerAddress = 1 } });
        ScriptedPeer first = await FetchAsync(gateway, "127.0.0.2");
        await using ScriptedPeer second = await gateway.ConnectAsync("127.0.0.2");
        await second.SendAsync(s_call);
        await second.ExpectCloseAsync();
        await using ScriptedPeer other = await FetchAsync(gateway, "127.0.0.3");
        await first.DisposeAsync();
        await Until.SoAsync("the first connection has ended", () => gateway.Volfiles.Connections.Count == 1);
        await using ScriptedPeer third = await FetchAsync(gateway, "127.0.0.2");
    }

    [Fact]
    public async Task A_unix_socket_has_no_address_and_no_share()
    {
        await using ServingProcess gateway = await StartAsync(new ServingOptions { Connections = { MaxPerAddress = 1 } });
        await using ScriptedPeer first = await gateway.ConnectLocallyAsync();
        await using ScriptedPeer second = await gateway.ConnectLocallyAsync();
        foreach (ScriptedPeer peer in new[] { first, second, first })
        {
            await peer.SendAsync(s_call);
            await peer.ExpectGetSpecReplyAsync(9);
        }
    }

    [Fact]
    public async Task All_addresses_together_have_a_limit()
    {
        await using ServingProcess gateway = await StartAsync(new ServingOptions { Connections = { MaxVolfileConnections = 2 } });
        await using ScriptedPeer first = await FetchAsync(gateway, "127.0.0.2");
        await using ScriptedPeer second = await FetchAsync(gateway, "127.0.0.3");
        await using ScriptedPeer third = await gateway.ConnectAsync("127.0.0.4");
        await third.SendAsync(s_call);
        await third.ExpectCloseAsync();
        Assert.Equal(2, gateway.Volfiles.Connections.Count);
    }

    [Fact]
    public async Task Where_the_last_descriptors_are_reached_nobody_is_accepted()
    {
        await using ServingProcess gateway =
            await ServingProcess.StartGatewayAsync(descriptors: 4, volfiles: ("pool1", Texts.Client()));
        await using ScriptedPeer peer = await gateway.ConnectAsync();
        await peer.ExpectCloseAsync();
    }

    [Theory]
    [InlineData(null, "10.99.0.0/16")]
    [InlineData("192.0.2.0/24", null)]
    [InlineData("10.99.0.1/32", "10.99.0.1/32")]
    public async Task Who_is_denied_or_not_allowed_is_closed_without_a_word_and_this_machine_is_not(string? allow, string? deny)
    {
        TestNetwork.Require();
        await using ServingProcess gateway = await StartAsync(Filter(allow, deny));
        await using ScriptedPeer peer = await ConnectFromOutsideAsync(gateway);
        await peer.SendAsync(s_call);
        await peer.ExpectCloseAsync();
        await using ScriptedPeer local = await FetchAsync(gateway, "127.0.0.1");
    }

    [Fact]
    public async Task Who_is_allowed_fetches()
    {
        TestNetwork.Require();
        await using ServingProcess gateway = await StartAsync(Filter("10.99.0.0/16", null));
        await using ScriptedPeer peer = await ConnectFromOutsideAsync(gateway);
        await peer.SendAsync(s_call);
        await peer.ExpectGetSpecReplyAsync(9);
    }

    [Fact]
    public async Task The_pools_own_nodes_fetch_whatever_the_lists_say()
    {
        TestNetwork.Require();
        await using ServingProcess gateway =
            await ServingProcess.StartGatewayAsync(Filter(null, "0.0.0.0/0"), volfiles: ("pool1", Texts.Client(TestNetwork.Address)));
        await using ScriptedPeer peer = await ConnectFromOutsideAsync(gateway);
        await peer.SendAsync(s_call);
        await peer.ExpectGetSpecReplyAsync(9);
    }

    [Theory]
    [InlineData("127.0.0.2", "storage1:24100 storage2:24100 ")]
    [InlineData("127.0.0.3", "storage1-b:24100 ")]
    [InlineData("127.0.0.4", "192.0.2.1:24100 ")]
    public async Task Each_network_is_told_of_the_servers_by_the_names_that_it_can_reach(string from, string servers)
    {
        await using ServingProcess gateway = await StartAsync(new ServingOptions
        {
            Listen = { PoolPort = 24100 },
            Volfiles = { ServerRounds = 1, Advertise = "127.0.0.2/32=storage1,storage2;127.0.0.2/31=storage1-b" },
        });
        await using ScriptedPeer peer = await gateway.ConnectAsync(from);
        await peer.SendAsync(RpcRecord.GetSpec(9, "pool1", wantsServers: true));
        GetSpecReply reply = await peer.ExpectGetSpecReplyAsync(9);
        Assert.Equal(servers, reply.Xdata.GetString("servers-list"u8));
        Assert.Equal(Texts.Client(), reply.Text());
        await peer.SendAsync(s_call);
        Assert.Equal(0, (await peer.ExpectGetSpecReplyAsync(9)).Xdata.Count);
    }

    private static Task<ServingProcess> StartAsync(ServingOptions options) =>
        ServingProcess.StartGatewayAsync(options, volfiles: ("pool1", Texts.Client()));

    private static ServingOptions Filter(string? allow, string? deny) => new()
    {
        Listen = { Gateway = "0.0.0.0:0" },
        Volfiles = { Allow = allow, Deny = deny },
    };

    // What connects to an address of this machine that is not a loopback address comes from it.
    private static Task<ScriptedPeer> ConnectFromOutsideAsync(ServingProcess gateway) =>
        ScriptedPeer.ConnectAsync(new IPEndPoint(IPAddress.Parse(TestNetwork.Address), gateway.Port.Port));

    private static async Task<ScriptedPeer> FetchAsync(ServingProcess gateway, string from)
    {
        ScriptedPeer peer = await gateway.ConnectAsync(from);
        await peer.SendAsync(s_call);
        await peer.ExpectGetSpecReplyAsync(9);
        return peer;
    }
}
