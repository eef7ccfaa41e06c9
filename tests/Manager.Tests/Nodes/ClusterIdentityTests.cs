using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.State;
using KadaluFsd.Manager.Tests.Pools;

namespace KadaluFsd.Manager.Tests.Nodes;

/// <summary>Where the manager is.</summary>
public sealed class ClusterIdentityTests
{
    [Fact]
    public async Task Of_several_that_move_the_manager_at_once_the_last_one_is_remembered()
    {
        await using ManagerKnowledge manager = await ManagerKnowledge.CreateAsync();
        ClusterIdentity cluster = manager.Get<ClusterIdentity>();
        for (int round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(
                number => Task.Run(() => cluster.MoveAsync($"server{number}", default))));
            using var read = new ClusterIdentity(manager.Get<IStateStore>(), TimeProvider.System);
            await read.OpenAsync(default);
            Assert.Equal(read.Host, cluster.Host);
        }
    }
}
