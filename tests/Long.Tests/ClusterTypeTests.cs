using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Long.Tests;

/// <summary>Each type of pool over three and five nodes with systemd.</summary>
[Trait("Part", "cluster-types")]
public sealed class ClusterTypeTests : IntegrationTest
{
    [Theory]
    [InlineData(3, "n1 n2 n3 --distribute", false)]
    [InlineData(3, "mirror n1 n2 n3", true)]
    [InlineData(3, "mirror n1 n2 tiebreaker n3", true)]
    [InlineData(3, "mirror n1 n2 arbiter n3", true)]
    [InlineData(3, "data n1 n2 redundancy n3", true)]
    [InlineData(3, "mirror 3 n1 n2 n3 n3 n1 n2 --distribute", true)]
    [InlineData(5, "n1 n2 n3 n4 n5 --distribute", false)]
    [InlineData(5, "mirror 3 n1 n2 n3 n4 n5 n1 --distribute", true)]
    [InlineData(5, "mirror 2 n1 n2 n3 n4 tiebreaker n5 --distribute", true)]
    [InlineData(5, "mirror n1 n2 arbiter n3 mirror n4 n5 arbiter n1 --distribute", true)]
    [InlineData(5, "data n1 n2 n3 n4 redundancy n5", true)]
    public Task One_command_each_and_a_node_down_and_the_managers_node_down(int count, string words, bool hasCopies) =>
        PoolOverNodes.RunAsync(Workspace, count, words, hasCopies);
}
