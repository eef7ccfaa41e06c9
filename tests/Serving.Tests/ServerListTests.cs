using System.Net;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Tests;

public class ServerListTests
{
    [Fact]
    public void It_goes_round_under_other_names()
    {
        string? list = Text(new ServerList(24109, 2), "nodea", "10.0.0.2");
        Assert.Equal("nodea:24109 10.0.0.2:24109 Nodea:24109 0xa.0.0.2:24109 ", list);
    }

    [Fact]
    public void Both_keys_carry_it()
    {
        GlusterDict list = new ServerList(1, 1).For(["a"])!.Value;
        Assert.Equal("a:1 ", list.GetString("servers-list"u8));
        Assert.Equal("a:1 ", list.GetString("cluster.brick-vol-servers"u8));
    }

    [Fact]
    public void Without_a_pool_port_or_hosts_there_is_none()
    {
        Assert.Null(new ServerList(null, 2).For(["a"]));
        Assert.Null(new ServerList(1, 2).For([]));
    }

    [Fact]
    public void However_many_hosts_and_rounds_it_stays_short()
    {
        string list = Text(
            new ServerList(1, ServerList.MaxRounds), [.. Enumerable.Range(0, 100).Select(number => $"host{number}")])!;
        string[] entries = list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(AdvertisedNames.MaxHosts * ServerList.MaxRounds, entries.Length);
        Assert.Equal(entries.Length, entries.Distinct().Count());
    }

    [Theory]
    [InlineData("nodea", "Nodea", "nOdea", "NOdea")]
    [InlineData("NodeA.example", "nodeA.example", "NOdeA.example", "nOdeA.example")]
    [InlineData("127.0.0.3", "0x7f.0.0.3", "0177.0.0.3", "0X7F.0.0.3")]
    [InlineData("x1", "X1", null, null)]
    [InlineData("2001:db8::1", null, null, null)]
    public void Each_round_has_its_own_spelling(string host, string? first, string? second, string? third) =>
        Assert.Equal([first, second, third], Enumerable.Range(1, 3).Select(round => ServerList.Alias(host, round)));

    [Theory]
    [InlineData("192.0.2.77")]
    [InlineData("10.8.9.255")]
    public void Every_spelling_of_an_address_is_the_address(string host)
    {
        for (int round = 0; round < ServerList.MaxRounds; round++)
        {
            Assert.Equal(IPAddress.Parse(host), IPAddress.Parse(ServerList.Alias(host, round)!));
        }
    }

    [Fact]
    public void Clients_of_a_network_get_the_names_that_are_advertised_there()
    {
        var servers = new ServerList(7, 1, AdvertisedNames.Parse("10.1.0.0/16=a1,b1;2001:db8::/32=a6,b6"));
        Assert.Equal("a1:7 b1:7 ", Text(servers, 0, "a"));
        Assert.Equal("a6:7 b6:7 ", Text(servers, 1, "a"));
        Assert.Equal("a:7 ", Text(servers, -1, "a"));
        Assert.Equal(0, servers.NetworkOf(IPAddress.Parse("10.1.2.3")));
        Assert.Equal(1, servers.NetworkOf(IPAddress.Parse("2001:db8::7")));
        Assert.Equal(-1, servers.NetworkOf(IPAddress.Parse("10.2.2.3")));
        Assert.Equal(-1, servers.NetworkOf(null));
    }

    [Theory]
    [InlineData("10.1.0.0/16")]
    [InlineData("10.1.0.0/16=")]
    [InlineData("10.1.0.0/99=a")]
    [InlineData("10.1.0.0/16=a b")]
    [InlineData("10.1.0.0/16=2001:db8::1")]
    [InlineData("10.1.0.0/16=a;10.1.0.0/16=b")]
    [InlineData("10.1.0.0/16=a,b,c,d,e,f")]
    [InlineData("10.1.0.0/16=a2345678901234567890123456789012345678901234567890123456789012345")]
    public void Names_that_clients_cannot_use_are_refused(string text) =>
        Assert.Throws<FormatException>(() => AdvertisedNames.Parse(text));

    private static string? Text(ServerList servers, params string[] hosts) => Text(servers, -1, hosts);

    private static string? Text(ServerList servers, int network, params string[] hosts) =>
        servers.For([.. hosts], network)?.GetString("servers-list"u8);
}
