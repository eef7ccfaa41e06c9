using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>Where units may be, links followed.</summary>
public sealed class UnitPlacesTests : IDisposable
{
    private static readonly ThisNode s_node = new("here", null);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("/usr/u", true)]
    [InlineData("/usr", true)]
    [InlineData("/usrx/u", false)]
    [InlineData("/bin/u", true)]
    [InlineData("/home", true)]
    [InlineData("/home/u", false)]
    [InlineData("/mnt", true)]
    [InlineData("/proc/1/u", true)]
    public void What_is_the_systems_is_no_pools(string path, bool isSystem) =>
        Assert.Equal(isSystem ? 1 : 0, Check([path]).Count(problem => problem.EndsWith("is the system's", StringComparison.Ordinal)));

    [Fact]
    public void A_link_to_the_systems_is_seen_through()
    {
        File.CreateSymbolicLink(At("link"), "/usr/share");
        Assert.Equal([$"{At("link")}/u, which is /usr/share/u, is the system's"], Check([At("link") + "/u"]));
    }

    [Fact]
    public void What_the_program_keeps_itself_and_what_is_around_it_is_no_pools()
    {
        Assert.Single(Check([At("own/u")], own: At("own")));
        Assert.Single(Check([At("around")], own: At("around/own")));
        Assert.Empty(Check([At("own2")], own: At("own")));
    }

    [Fact]
    public void One_directory_by_two_names_is_one()
    {
        Directory.CreateDirectory(At("u"));
        File.CreateSymbolicLink(At("same"), "u");
        Assert.Equal(
            [$"{At("u")} and {At("same")} are one directory, or one lies in the other: {At("u")}, {At("u")}"],
            Check([At("u"), At("same")]));
        Assert.Single(Check([At("u"), At("same/below")]));
        Assert.Empty(Check([At("u"), At("u2")]));
    }

    [Fact]
    public void Another_pools_directory_is_named_with_its_pool()
    {
        Pool other = Of("other", At("u"));
        Assert.Contains(
            $"{At("u/below")} and {At("u")} of the pool \"other\" are one directory",
            Assert.Single(UnitPlaces.Check(Of("pool1", At("u/below")), [other], s_node, [])), StringComparison.Ordinal);
    }

    [Fact]
    public void Links_are_followed_as_the_kernel_does()
    {
        Directory.CreateDirectory(At("a/b"));
        File.CreateSymbolicLink(At("relative"), "a/b");
        File.CreateSymbolicLink(At("up"), "a/../a/./b");
        File.CreateSymbolicLink(At("chain"), At("relative"));
        Assert.Equal(At("a/b/missing/x"), UnitPlaces.RealPath(At("relative") + "/missing//x/"));
        Assert.Equal(At("a/b"), UnitPlaces.RealPath(At("up")));
        Assert.Equal(At("a"), UnitPlaces.RealPath(At("chain") + "/.."));
        Assert.Equal("/", UnitPlaces.RealPath("/../.."));
        File.CreateSymbolicLink(At("circle"), "circle");
        Assert.Equal(At("circle"), UnitPlaces.RealPath(At("circle")));
    }

    private string At(string name) => Path.Combine(_root.FullName, name);

    private static string[] Check(string[] paths, string? own = null) =>
        [.. UnitPlaces.Check(Of("pool1", paths), [], s_node, own is null ? [] : [own])];

    private static Pool Of(string name, params string[] paths) => new(name, Guid.NewGuid())
    {
        Groups = [new DistributeGroup(GroupKind.Mirror, [.. paths.Select(path => new PoolUnit(new PoolNode("here"), path))])],
    };
}
