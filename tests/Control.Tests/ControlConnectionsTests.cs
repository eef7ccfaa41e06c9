using System.Net;
using Microsoft.AspNetCore.Connections;

namespace KadaluFsd.Control.Tests;

/// <summary>Who makes room for whom on an HTTP socket.</summary>
public sealed class ControlConnectionsTests
{
    [Fact]
    public async Task The_oldest_idle_one_makes_room_and_those_that_order_something_stay()
    {
        var connections = new ControlConnections(2);
        Peer busy = Peer.Connect(connections, "192.0.2.1");
        busy.Entry.Becomes(ControlActivity.Orders);
        Peer idle = Peer.Connect(connections, "192.0.2.1");
        Peer next = Peer.Connect(connections, "192.0.2.1");
        Assert.Equal((false, true, false), (busy.IsAborted, idle.IsAborted, next.IsAborted));
        next.Entry.Becomes(ControlActivity.Orders);
        Peer refused = Peer.Connect(connections, "192.0.2.1");
        Assert.True(refused.IsAborted);
        busy.Entry.Becomes(ControlActivity.Idle);
        Peer last = Peer.Connect(connections, "192.0.2.1");
        Assert.Equal((true, false, false), (busy.IsAborted, next.IsAborted, last.IsAborted));
        next.End();
        last.End();
        await Task.WhenAll(next.Served, last.Served);
        Assert.Equal(0, connections.Count);
    }

    [Fact]
    public void Who_has_many_makes_room_for_who_has_one()
    {
        var connections = new ControlConnections(4);
        Peer lone = Peer.Connect(connections, "192.0.2.1");
        Peer[] many = [.. Enumerable.Range(0, 3).Select(_ => Peer.Connect(connections, "192.0.2.2"))];
        Peer.Connect(connections, "192.0.2.2");
        Assert.Equal((false, true, false, false), (lone.IsAborted, many[0].IsAborted, many[1].IsAborted, many[2].IsAborted));
    }

    [Fact]
    public void Where_none_is_idle_the_oldest_that_only_asks_makes_room()
    {
        var connections = new ControlConnections(2);
        Peer[] busy = [.. Enumerable.Range(0, 2).Select(_ => Peer.Connect(connections, "192.0.2.2"))];
        Array.ForEach(busy, peer => peer.Entry.Becomes(ControlActivity.Asks));
        Peer next = Peer.Connect(connections, "192.0.2.1");
        Assert.Equal((true, false, false), (busy[0].IsAborted, busy[1].IsAborted, next.IsAborted));
    }

    [Fact]
    public void Who_has_just_come_or_was_just_answered_stays_before_who_has_been_idle_for_longer()
    {
        var connections = new ControlConnections(3);
        Peer[] peers = [.. Enumerable.Range(0, 3).Select(_ => Peer.Connect(connections, "192.0.2.1"))];
        peers[1].Entry.Becomes(ControlActivity.Idle);
        peers[2].Entry.Becomes(ControlActivity.Asks);
        Peer other = Peer.Connect(connections, "192.0.2.1");
        other.Entry.Becomes(ControlActivity.Idle);
        peers[0].Entry.Becomes(ControlActivity.Asks);
        peers[0].Entry.Becomes(ControlActivity.Idle);
        Peer.Connect(connections, "192.0.2.1");
        Assert.Equal((false, true, false), (peers[0].IsAborted, peers[1].IsAborted, peers[2].IsAborted));
        Assert.True(other.IsAborted);
    }

    private sealed class Peer
    {
        private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Connection _connection = new();

        internal bool IsAborted => _connection.IsAborted;

        internal ControlConnection Entry => _connection.Features.Get<ControlConnection>()!;

        internal Task Served { get; private set; } = Task.CompletedTask;

        internal static Peer Connect(ControlConnections connections, string address)
        {
            var peer = new Peer();
            peer._connection.RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1);
            peer.Served = connections.RunAsync(peer._connection, _ => peer._served.Task);
            return peer;
        }

        internal void End() => _served.SetResult();
    }

    private sealed class Connection : DefaultConnectionContext
    {
        internal bool IsAborted { get; private set; }

        public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;
    }
}
