using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Tests.Status;

/// <summary>How a pool is, by what its nodes say.</summary>
public sealed class PoolConditionTests
{
    private static readonly Pool s_pool = new("pool1", Guid.NewGuid())
    {
        Groups = [new DistributeGroup(GroupKind.Mirror, [Unit("n1"), Unit("n2")])],
        Revision = 1,
    };

    [Theory]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("{\"units\":[null]}")]
    public void A_node_that_answers_in_another_form_says_nothing_and_the_others_are_shown(string answer)
    {
        using var said = JsonDocument.Parse(answer);
        var condition = PoolCondition.Of(
            new PoolStatusAnswer(Info(), [new NodeStatus("n1", said.RootElement, null), new NodeStatus("n2", null, "it is down")]));
        Assert.Equal(["unknown", "unknown"], condition.Units.Select(unit => unit.State));
        Assert.Contains(condition.Problems, problem => problem.StartsWith("n1 says nothing: its answer ", StringComparison.Ordinal));
        Assert.Contains("n2 says nothing: it is down", condition.Problems);
        Assert.Equal(ExitCode.Degraded, condition.Code);
    }

    [Fact]
    public void What_a_drain_has_stopped_is_said_to_be_drained_and_nothing_else()
    {
        PoolUnitStatus down = new(
            "n2", "/a", 24200, "data", 1, null, PoolCondition.Down, ["it ended with exit code 0"], null, null, null, null, null,
            null, null, null, null, []);
        var status = new PoolStatus(
            "pool1", s_pool.Id, s_pool.Type, "started", 1, "d", false, false, null, null, null, false, null,
            ["does not run: kadalu pool start pool1 starts it"], 0, [], new Dictionary<string, string>(),
            [down with { Node = "n1", State = "ready", Reasons = [] }, down]);
        var condition = PoolCondition.Of(new PoolStatusAnswer(
            Info(new PoolNodeInfo("n2", "started", 1, false, IsDrained: true)),
            [new NodeStatus("n2", JsonSerializer.SerializeToElement(status, PoolJson.Default.PoolStatus), null)]));
        string why = "n2 was drained (kadalu node resume n2 starts it)";
        Assert.Equal([why], condition.Units[1].Reasons);
        Assert.Contains($"n2:/a is down: {why}", condition.Problems);
        Assert.DoesNotContain(condition.Problems, problem => problem.Contains("pool start", StringComparison.Ordinal));
    }

    private static PoolInfo Info(params PoolNodeInfo[] nodes) => new(
        s_pool.Id, s_pool.Name, s_pool.Type, "started", PoolDocument.WriteElement(s_pool), "d", null, nodes, null);

    private static PoolUnit Unit(string node) => new(new PoolNode(node), "/a", 24200);
}
