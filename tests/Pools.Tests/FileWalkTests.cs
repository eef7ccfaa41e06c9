using KadaluFsd.Contract;

namespace KadaluFsd.Pools.Tests;

/// <summary>The names that a unit has, in the order that all units have.</summary>
public sealed class FileWalkTests : IDisposable
{
    private readonly string _unit = Directory.CreateTempSubdirectory("kadalu-fsd-test-").FullName;

    public void Dispose() => Directory.Delete(_unit, recursive: true);

    [Fact]
    public void Names_come_in_their_order_and_a_walk_goes_on_behind_any_of_them()
    {
        foreach (string file in new[] { "a/b/1", "a/b/2", "a/c", "a-b/x", "b", ".glusterfs/00/f", "lost+found/l" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_unit, file))!);
            File.WriteAllText(Path.Combine(_unit, file), file);
        }

        string[] all = List([], null);
        Assert.Equal(["/", "/a", "/a/b", "/a/b/1", "/a/b/2", "/a/c", "/a-b", "/a-b/x", "/b"], all);
        Assert.Equal(all, all.Order(PathOrder.OfPaths));
        for (int place = 0; place < all.Length; place++)
        {
            Assert.Equal(all[(place + 1)..], List([], all[place].Split('/', StringSplitOptions.RemoveEmptyEntries)));
        }

        // Also behind one that is gone by now.
        Assert.Equal(["/a-b", "/a-b/x", "/b"], List([], ["a", "d"]));
        Assert.Equal(["/a/b", "/a/b/1", "/a/b/2"], List(["a", "b"], null));
        Assert.Equal(["/a/b/2"], List(["a", "b"], ["a", "b", "1"]));
        Assert.Equal(["/b"], List(["b"], null));
        Assert.Empty(List(["none"], null));
    }

    [Fact]
    public void No_link_is_followed()
    {
        Directory.CreateDirectory(Path.Combine(_unit, "d"));
        Directory.CreateSymbolicLink(Path.Combine(_unit, "link"), "/etc");
        Assert.Equal(["/", "/d", "/link"], List([], null));
        Assert.Empty(List(["link", "hosts"], null, problems: 1));
    }

    private string[] List(string[] from, string[]? after, int problems = 0)
    {
        var walk = new FileWalk(_unit, default);
        string[] found = [.. walk.List(from, after).Select(entry => "/" + string.Join('/', entry.Names))];
        Assert.Equal(problems, walk.Problems.Count);
        return found;
    }
}
