using System.Collections.Immutable;
using System.Net;
using KadaluFsd.Fsd.Volfiles;

namespace KadaluFsd.Fsd.Tests;

public class ServerListTests
{
    [Fact]
    public void It_goes_round_under_other_names()
    {
        string? list = new ServerList(24109, 2).For(["nodea", "10.0.0.2"])!.GetString("servers-list");
        Assert.Equal("nodea:24109 10.0.0.2:24109 Nodea:24109 0xa.0.0.2:24109 ", list);
    }

    [Fact]
    public void Both_keys_carry_it()
    {
        ImmutableArray<string> hosts = ["a"];
        Assert.Equal(new ServerList(1, 1).For(hosts)!.GetString("servers-list"), new ServerList(1, 1).For(hosts)!.GetString("cluster.brick-vol-servers"));
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
        string list = new ServerList(1, ServerList.MaxRounds).For([.. Enumerable.Range(0, 100).Select(number => $"host{number}")])!.GetString("servers-list")!;
        string[] entries = list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ServerList.MaxHosts * ServerList.MaxRounds, entries.Length);
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
}
