using System.Net;
using System.Text;
using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Tests;

/// <summary>What is known of a peer, and what is counted.</summary>
public class VolfilePeerTests
{
    [Fact]
    public void What_it_was_sent_last_is_remembered_once_for_each_key()
    {
        var peer = new VolfilePeer(null);
        StoredVolfile first = Volfile("a", 1), second = Volfile("b", 1), changed = Volfile("a", 2);
        foreach (StoredVolfile volfile in new[] { first, second, changed, changed, second })
        {
            peer.Remember(volfile);
        }

        Assert.Equal([new HeldVolfile("a", changed.Hash), new HeldVolfile("b", second.Hash)], peer.Held.ToArray());
    }

    [Fact]
    public void Of_too_many_keys_the_oldest_is_forgotten()
    {
        var peer = new VolfilePeer(null);
        for (int number = 0; number <= RpcLimits.MaxKeysPerConnection; number++)
        {
            peer.Remember(Volfile($"k{number}", 1));
        }

        Assert.Equal(RpcLimits.MaxKeysPerConnection, peer.Held.Length);
        Assert.Equal("k1", peer.Held[0].Key);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData(null, true)]
    public void Who_is_of_this_machine_is_known_by_its_address(string? address, bool isLocal)
    {
        var peer = new VolfilePeer(address is null ? null : new IPEndPoint(IPAddress.Parse(address), 7));
        Assert.Equal((isLocal, address), (peer.IsLocal, peer.Ip?.ToString()));
        Assert.Equal(address is null ? "a local peer" : new IPEndPoint(IPAddress.Parse(address), 7).ToString(), peer.Address);
    }

    [Fact]
    public void Fetches_are_counted_by_what_came_of_them()
    {
        var counters = new VolfileCounters();
        foreach (int errno in new[] { 0, 0, GlusterErrno.Access, GlusterErrno.Invalid, GlusterErrno.NoEntry, 5 })
        {
            counters.CountFetch(errno);
        }

        counters.CountNotified(3);
        counters.CountNotified(4);
        Assert.Equal(
            (2, 1, 1, 2, 7),
            (counters.Given, counters.Denied, counters.Illegal, counters.Missing, counters.Notified));
    }

    private static StoredVolfile Volfile(string key, int version) => StoredVolfile.Check(
        key, Encoding.UTF8.GetBytes($"volume v\n    type protocol/client\n    option remote-host 192.0.2.{version}\nend-volume\n"),
        ServerList.None);
}
