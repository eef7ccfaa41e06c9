using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Manager.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Manager.Tests.Nodes;

/// <summary>Who reports as a node.</summary>
public sealed class NodePresenceTests
{
    private static readonly Guid s_node = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new();
    private readonly NodePresence _presence;

    public NodePresenceTests() => _presence = new NodePresence(_time);

    [Fact]
    public void An_agent_that_is_started_again_and_again_is_one_agent_even_where_an_earlier_report_is_late()
    {
        Guid before = Guid.NewGuid();
        Report(before, "192.0.2.1");
        for (int starts = 0; starts < 20; starts++)
        {
            var session = Guid.NewGuid();
            Report(session, "192.0.2.1");
            Report(session, "192.0.2.1");
        }

        Report(before, "192.0.2.1");
        Assert.Null(_presence.FindTwins(s_node));
    }

    [Fact]
    public void Two_agents_that_report_by_turns_are_seen_until_one_of_them_has_stopped()
    {
        Guid[] sessions = [Guid.NewGuid(), Guid.NewGuid()];
        Report(sessions[0], "192.0.2.1");
        Report(sessions[1], "192.0.2.9");
        Report(sessions[0], "192.0.2.1");
        Report(sessions[1], "192.0.2.9");
        Assert.Null(_presence.FindTwins(s_node));
        Report(sessions[0], "192.0.2.1");
        Assert.Equal(["192.0.2.9", "192.0.2.1"], _presence.FindTwins(s_node)!);
        _time.Advance(TimeSpan.FromSeconds(61));
        Report(sessions[1], "192.0.2.9");
        Assert.Null(_presence.FindTwins(s_node));
    }

    [Fact]
    public void A_node_is_not_called_lost_before_it_can_have_reported()
    {
        Assert.Equal("unknown", _presence.Describe(s_node));
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal("lost", _presence.Describe(s_node));
        Report(Guid.NewGuid(), "192.0.2.1");
        Assert.Equal("up", _presence.Describe(s_node));
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal("lost", _presence.Describe(s_node));
    }

    private void Report(Guid session, string from) => _presence.Note(
        s_node, new NodeReport(session, "node1", 24011, "1.0", _time.GetUtcNow(), []), from);
}
