using System.Collections.Immutable;
using System.Text.Json;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Volgen.Pools;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Manager.Tests.Pools;

/// <summary>Directories come back to a pool, and their nodes say which of its units they are.</summary>
public sealed class ReturningPoolTests : IAsyncLifetime
{
    private readonly TaskCompletionSource[] _asked =
        [.. Enumerable.Range(0, 2).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];

    private ManagerKnowledge _manager = null!;
    private TestAgent[] _agents = null!;
    private Pool _pool = null!;

    public async Task InitializeAsync()
    {
        _manager = await ManagerKnowledge.CreateAsync();
        Pool any = ManagerKnowledge.Make("pool1", [Guid.NewGuid()]);
        _agents = [await TestAgent.StartAsync(_manager, "server1", any), await TestAgent.StartAsync(_manager, "server2", any)];
        foreach (string name in (string[])["server1", "server2"])
        {
            await _manager.Get<NodeRegistry>().PlaceAsync(name, "127.0.0.1", default);
        }

        _pool = ManagerKnowledge.Make("pool1", [.. _agents.Select(agent => agent.Node)]) with
        {
            Id = Guid.Empty,
            Options = ImmutableSortedDictionary<string, string>.Empty.Add("performance.cache-size", "64MB"),
        };
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
    public async Task What_directories_say_is_taken_and_nothing_else_of_an_answer()
    {
        var owner = Guid.NewGuid();
        Say(0, owner, pool => Number(pool, 5) with { Options = pool.Options.SetItem("performance.cache-size", "1GB"), Port = 7 });
        Say(1, owner, pool => pool);
        Pool taken = await _manager.Get<ReturningPool>().TakeUpAsync(_pool, default);
        Assert.Equal(owner, taken.Id);
        Assert.Equal([0, 1], taken.Units.Select(member => member.Unit.Number));
        Assert.Equal(new PoolLayers("layers1", false, 5, 1), taken.Layers);
        Assert.Equal(_pool.Options, taken.Options);
        Assert.Equal(_pool.Port, taken.Port);

        // What was numbered last counts, and other layers of clients where one node has seen that they have them.
        Say(1, owner, pool => Number(pool, 7, hasDistribute: true));
        Assert.Equal(
            new PoolLayers("layers1", true, 7, 1), (await _manager.Get<ReturningPool>().TakeUpAsync(_pool, default)).Layers);
    }

    [Fact]
    public async Task Nodes_that_say_different_things_or_speak_of_other_units_are_refused()
    {
        var owner = Guid.NewGuid();
        Say(0, owner, pool => Number(pool, 2));
        Say(1, owner, pool => Number(pool, 2).SelectUnits(unit => unit with { Number = 1 - unit.Number }));
        await RefusedAsync("the directories of server1 and server2 say different things", ExitCode.PoolRefused);
        Say(1, owner, pool => Number(pool, 2) with { Layers = new PoolLayers("layers2", false, 2, 1) });
        await RefusedAsync("the directories of server1 and server2 say different things", ExitCode.PoolRefused);
        Say(1, owner, pool => Number(pool.SelectUnits(unit => unit with { Path = "/elsewhere" + unit.Path }), 2));
        await RefusedAsync("server2 speaks of other units", ExitCode.PeerRefused);

        // They were in different pools, or in none: nothing is known.
        Say(1, Guid.NewGuid(), pool => Number(pool, 2));
        Assert.Equal(_pool, await _manager.Get<ReturningPool>().TakeUpAsync(_pool, default));
    }

    [Fact]
    public async Task All_nodes_are_asked_at_once_and_within_one_limit()
    {
        var time = new FakeTimeProvider();
        for (int place = 0; place < 2; place++)
        {
            TaskCompletionSource asked = _asked[place];
            _agents[place].Answer = async (_, gone) =>
            {
                asked.TrySetResult();
                await Task.Delay(Timeout.Infinite, gone);
                return default;
            };
        }

        Task<Pool> taking = new ReturningPool(_manager.Get<NodeRegistry>(), _manager.Get<NodeClients>(), time)
            .TakeUpAsync(_pool, default);
        await Task.WhenAll(_asked.Select(asked => asked.Task)).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(taking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(36));
        CommandException refusal =
            await Assert.ThrowsAsync<CommandException>(() => taking.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(ExitCode.PeerUnreachable, refusal.Code);
        Assert.Contains("server1: it has not said within 35 s", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("server2: it has not said within 35 s", refusal.Message, StringComparison.Ordinal);
    }

    private static Pool Number(Pool pool, int next, bool hasDistribute = false)
    {
        Dictionary<string, int> places =
            pool.Units.Select((member, place) => (member.Unit.Address, place)).ToDictionary(one => one.Address, one => one.place);
        return pool.SelectUnits(unit => unit with { Number = places[unit.Address] }) with
        {
            Layers = new PoolLayers("layers1", hasDistribute, next, 1),
        };
    }

    private void Say(int agent, Guid? owner, Func<Pool, Pool> change) => _agents[agent].Answer = (question, _) =>
    {
        var asked = (ReturningUnitsQuestion)question;
        return Task.FromResult(JsonSerializer.SerializeToElement(
            new ReturningUnits(owner, PoolText.Write(change(PoolText.Read(asked.Definition)))), QuestionJson.Default.ReturningUnits));
    };

    private async Task RefusedAsync(string reason, ExitCode code)
    {
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(
            () => _manager.Get<ReturningPool>().TakeUpAsync(_pool, default));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(code, refusal.Code);
    }
}
