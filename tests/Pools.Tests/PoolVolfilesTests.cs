using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>What volfiles call units.</summary>
public sealed class PoolVolfilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kadalu-fsd-volfiles-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Units_with_the_same_path_and_port_on_different_nodes_are_told_apart()
    {
        PoolUnit[] units =
            [.. Enumerable.Range(1, 3).Select(node => new PoolUnit(new PoolNode($"node{node}"), "/srv/u") { Port = 24100 })];
        Pool pool = PoolNumbers.Assign(
            new Pool("pool1", Guid.NewGuid()) { Groups = [new DistributeGroup(GroupKind.Mirror, [.. units])], Revision = 1 },
            isNew: true);
        var volfiles = new PoolVolfiles(new PoolPaths(_root), _ => true);
        Assert.Equal(
            ["pool1-client-0", "pool1-client-1", "pool1-client-2"],
            pool.Units.Select(member => volfiles.ClientNameOf(pool, member.Unit)));
    }
}
