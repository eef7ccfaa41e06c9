using System.Collections.Concurrent;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Heals;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Questions;
using KadaluFsd.Manager.Tests.Pools;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Manager.Tests.Questions;

/// <summary>How long nodes of a pool are asked for one request.</summary>
public sealed class PoolQuestionsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<(string Node, double Seconds)> _asked = new();
    private readonly List<TestAgent> _agents = [];
    private ManagerKnowledge _manager = null!;

    public async Task InitializeAsync()
    {
        _manager = await ManagerKnowledge.CreateAsync();
        foreach (string name in (string[])["server1", "server2", "server3"])
        {
            _agents.Add(await TestAgent.StartAsync(
                _manager, name, ManagerKnowledge.Make("pool1", [Guid.NewGuid()]), question => Hang(name, question)));
            await _manager.Get<NodeRegistry>().PlaceAsync(name, "127.0.0.1", default);
        }

        await _manager.AddAsync("pool1", PoolPhase.Started, [.. _agents.Select(agent => agent.Node)]);
    }

    public async Task DisposeAsync()
    {
        foreach (TestAgent agent in _agents)
        {
            await agent.DisposeAsync();
        }

        await _manager.DisposeAsync();
    }

    [Fact]
    public async Task All_nodes_together_have_less_time_than_who_asks_waits()
    {
        var questions = new PoolQuestions(
            _manager.Get<NodeRegistry>(), _manager.Get<NodePresence>(), _manager.Get<NodeClients>(), _time);
        var desk = new HealDesk(_manager.Get<PoolRegistry>(), questions);
        DateTimeOffset begun = _time.GetUtcNow();
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(
            () => desk.ResolveAsync("pool1", new ResolveOrder(SplitBrainPolicy.BiggerFile, null, "/file"), default));
        Assert.Equal(ExitCode.PeerUnreachable, refusal.Code);
        Assert.Equal([("server1", 100), ("server2", 5)], _asked.Select(asked => (asked.Node, Math.Round(asked.Seconds))));
        Assert.Contains("server3: not asked", refusal.Message, StringComparison.Ordinal);
        Assert.InRange((_time.GetUtcNow() - begun).TotalSeconds, 100, 110);

        // Lists are made in several steps.
        _asked.Clear();
        begun = _time.GetUtcNow();
        await Assert.ThrowsAsync<CommandException>(() => desk.ListAsync("pool1", onlySplitBrain: false, default));
        Assert.Equal([45, 45, 15], _asked.Select(asked => Math.Round(asked.Seconds)));
        Assert.InRange((_time.GetUtcNow() - begun).TotalSeconds, 100, 110);
    }

    // Until the time that it was given is over.
    private ControlError Hang(string name, NodeQuestion question)
    {
        _asked.Enqueue((name, question.Seconds));
        _time.Advance(TimeSpan.FromSeconds(question.Seconds));
        return new ControlError("no answer", (int)ExitCode.PeerUnreachable);
    }
}
