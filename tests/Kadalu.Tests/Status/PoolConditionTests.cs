using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Tests.Status;

/// <summary>How a pool is, by what its nodes say.</summary>
public sealed class PoolConditionTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("{\"units\":[null]}")]
    public void A_node_that_answers_in_another_form_says_nothing_and_the_others_are_shown(string answer)
    {
        Pool pool = new("pool1", Guid.NewGuid())
        {
            Groups = [new DistributeGroup(GroupKind.Mirror, [Unit("n1"), Unit("n2")])],
            Revision = 1,
        };
        using var said = JsonDocument.Parse(answer);
        var info = new PoolInfo(
            pool.Id, pool.Name, pool.Type, "started", PoolDocument.WriteElement(pool), "d", null, [], null);
        var condition = PoolCondition.Of(
            new PoolStatusAnswer(info, [new NodeStatus("n1", said.RootElement, null), new NodeStatus("n2", null, "it is down")]));
        Assert.Equal(["unknown", "unknown"], condition.Units.Select(unit => unit.State));
        Assert.Contains(condition.Problems, problem => problem.StartsWith("n1 says nothing: its answer ", StringComparison.Ordinal));
        Assert.Contains("n2 says nothing: it is down", condition.Problems);
        Assert.Equal(ExitCode.Degraded, condition.Code);
    }

    private static PoolUnit Unit(string node) => new(new PoolNode(node), "/a", 24200);
}
