using System.Collections.Immutable;
using KadaluFsd.Storage;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>Directories that come back to a pool are the units that they were.</summary>
public sealed class FormerPlacesTests : IDisposable
{
    private static readonly Guid s_id = Guid.NewGuid();

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly ThisNode _node = new("here", null);

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_pool_of_new_directories_stays_as_it_is()
    {
        Pool pool = Mirror("u1", "u2");
        Assert.Same(pool, TakeUp(pool, out ImmutableArray<string> problems));
        Assert.Empty(problems);
    }

    [Fact]
    public void The_numbers_and_the_name_of_its_layers_come_back_with_the_directories()
    {
        Label("u1", unit: 5, place: 0);
        Label("u2", unit: 3, place: 1);
        Pool pool = TakeUp(Mirror("u1", "u2"), out ImmutableArray<string> problems);
        Assert.Empty(problems);
        Assert.Equal([5, 3], pool.Members.Select(member => member.Number));
        Assert.Equal(new PoolLayers("old", true, 8, 2), pool.Layers);
        Assert.Equal(1, pool.Groups[0].Number);
    }

    [Fact]
    public void What_is_new_beside_them_gets_a_number_that_nobody_had()
    {
        Label("u2", unit: 3, place: 1);
        Pool pool = TakeUp(Mirror("u1", "u2"), out ImmutableArray<string> problems);
        Assert.Empty(problems);
        Assert.Equal([8, 3], pool.Members.Select(member => member.Number));
        Assert.Equal(9, pool.Layers!.NextUnit);
    }

    [Fact]
    public void Where_all_are_in_their_places_what_is_new_has_its_own()
    {
        Label("u1", unit: 0, place: 0, group: 0, next: 2);
        Pool pool = TakeUp(Mirror("u1", "u2"), out _);
        Assert.Equal([0, 1], pool.Members.Select(member => member.Number));
        Assert.Equal(0, pool.Groups[0].Number);
    }

    [Fact]
    public void A_unit_of_another_node_whose_number_nobody_knows_here_is_in_the_way()
    {
        Label("u1", unit: 5, place: 0);
        Pool pool = Mirror("u1", "u2");
        pool = pool with
        {
            Groups = [pool.Groups[0] with
            {
                Units = [pool.Groups[0].Units[0], pool.Groups[0].Units[1] with { Node = new PoolNode("192.0.2.9") }],
            }],
        };
        TakeUp(pool, out ImmutableArray<string> problems);
        Assert.Contains("192.0.2.9:", Assert.Single(problems), StringComparison.Ordinal);
        Assert.Contains("--definition", problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_does_not_say_which_unit_it_was_is_in_the_way()
    {
        Use("u1");
        TakeUp(Mirror("u1", "u2"), out ImmutableArray<string> problems);
        Assert.Contains("does not say which of the pool's units it was", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_that_say_that_they_are_the_same_are_a_copy_of_each_other()
    {
        Label("u1", unit: 3, place: 0);
        Label("u2", unit: 3, place: 1);
        TakeUp(Mirror("u1", "u2"), out ImmutableArray<string> problems);
        Assert.Contains("say that they are the same unit", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Units_of_different_groups_or_pools_do_not_make_one()
    {
        Label("u1", unit: 3, place: 0, group: 1);
        Label("u2", unit: 4, place: 1, group: 2, layers: "other");
        TakeUp(Mirror("u1", "u2"), out ImmutableArray<string> problems);
        Assert.Equal(2, problems.Length);
        Assert.EndsWith("were in different groups", problems[0], StringComparison.Ordinal);
        Assert.Equal("their layers are called by different names: old, other", problems[1]);
    }

    [Fact]
    public void Units_of_one_group_do_not_make_two()
    {
        Pool pool = Mirror("u1", "u2");
        DistributeGroup group = pool.Groups[0];
        pool = pool with
        {
            Groups = [group with { Units = [group.Units[0], At("v1")] }, group with { Units = [group.Units[1], At("v2")] }],
        };
        Label("u1", unit: 3, place: 0, groups: 2);
        Label("u2", unit: 4, place: 0, groups: 2);
        TakeUp(pool, out ImmutableArray<string> problems);
        Assert.EndsWith("were in one group", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_directory_is_told_which_unit_it_is_and_another_pools_is_not()
    {
        Pool pool = PoolNumbers.Assign(Mirror("u1", "u2"), isNew: true);
        Use("u1");
        Directory.CreateDirectory(HiddenDirectory.PathIn(PathOf("u2")));
        new UnitDirectory(PathOf("u2"), Guid.NewGuid()).WriteVolumeId();
        FormerPlaces.Note(pool, _node, said => Assert.Fail(said));
        Assert.Equal(UnitLabel.Of(pool, pool.Members.First()), UnitLabel.Read(PathOf("u1"), s_id));
        Assert.False(File.Exists(HiddenDirectory.PathIn(PathOf("u2"), UnitLabel.FileName)));
    }

    private Pool TakeUp(Pool pool, out ImmutableArray<string> problems) => FormerPlaces.TakeUp(
        pool, _node, [.. pool.Units.Select(member => DirectoryContents.Read(member.Unit.Path))], out problems);

    private Pool Mirror(params string[] names) => new("pool1", s_id)
    {
        Groups = [new DistributeGroup(GroupKind.Mirror, [.. names.Select(At)])],
    };

    private PoolUnit At(string name) => new(new PoolNode("here"), PathOf(name));

    private string PathOf(string name) => Path.Combine(_root.FullName, name);

    private void Label(
        string name, int unit, int place, int group = 1, string layers = "old", int groups = 1, int next = 8)
    {
        Use(name);
        new UnitLabel(s_id, new PoolLayers(layers, true, next, 2), unit, group, GroupKind.Mirror, 0, place, 2, groups)
            .Write(PathOf(name));
    }

    // A directory of the pool with a file in it.
    private void Use(string name)
    {
        Directory.CreateDirectory(HiddenDirectory.PathIn(PathOf(name), "00"));
        File.WriteAllText(Path.Combine(PathOf(name), "file"), "");
        new UnitDirectory(PathOf(name), s_id).WriteVolumeId();
    }
}
