using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Heals;

namespace KadaluFsd.Manager.Tests.Heals;

/// <summary>Lists of files that have to be healed, completed by what other nodes know.</summary>
public class FileListsTests
{
    private static readonly Guid s_gfid = new("a1b2c3d4-0000-4000-8000-000000000001");

    [Fact]
    public void A_unit_that_was_not_reached_is_listed_by_its_own_node()
    {
        UnitFiles[] joined = FileLists.Join(
            [List("n1:/u"), List("n2:/u") with { Problem = "not connected", Count = 0, Files = [] }, List("n3:/u", "/c")],
            "n1", [List("n2:/u", "/a", "/b"), List("n3:/u", "/other")]);
        Assert.Equal([0, 2, 1], joined.Select(list => list.Count));
        Assert.Equal("n1 does not reach it: not connected; this is its own index, and may be old", joined[1].Problem);
        Assert.Equal("/c", joined[2].Files[0].Path);
        Assert.Equal("gone", Assert.Single(FileLists.Join([List("n1:/u") with { Problem = "gone" }], "n2", [])).Problem);
    }

    [Fact]
    public void A_file_gets_the_path_that_another_node_knows()
    {
        UnitFiles[] lists = [List("n1:/u", $"<gfid:{s_gfid}>", "/f", "<gfid:none>")];
        Assert.Equal([s_gfid], FileLists.FindUnnamed([.. lists, .. lists]));
        UnitFiles named = Assert.Single(FileLists.Name(lists, new Dictionary<Guid, string> { [s_gfid] = "/dir/g" }));
        Assert.Equal(["/dir/g", "/f", "<gfid:none>"], named.Files.Select(file => file.Path));
        Assert.Equal($"<gfid:{s_gfid}>", FileLists.Name(lists, new Dictionary<Guid, string>())[0].Files[0].Path);
    }

    [Fact]
    public void A_long_list_is_shortened_and_says_how_long_it_is()
    {
        var all = new HealList(
            "n1:/u", HealList.Connected,
            [.. Enumerable.Range(0, UnitFiles.FilesMax + 5).Select(number => new HealEntry($"/{number}", false, false))]);
        var list = UnitFiles.Of(all);
        Assert.Equal((UnitFiles.FilesMax + 5, UnitFiles.FilesMax), (list.Count, list.Files.Length));
        Assert.Null(list.Problem);
        Assert.Equal("down", UnitFiles.Of(all with { Status = "down" }).Problem);
    }

    private static UnitFiles List(string unit, params string[] paths) => new(
        unit, null, paths.Length, [.. paths.Select(path => new HealEntry(path, IsSplitBrain: false, IsHealing: false))]);
}
