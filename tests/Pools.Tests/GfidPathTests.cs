using System.Text;
using KadaluFsd.Linux;

namespace KadaluFsd.Pools.Tests;

/// <summary>Paths of files of which only the gfid is known, in a unit's directory as storage/posix leaves it.</summary>
public sealed class GfidPathTests : IDisposable
{
    private static readonly Guid s_root = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid s_outer = new("a1b2c3d4-0000-4000-8000-000000000001");
    private static readonly Guid s_inner = new("a1b2c3d4-0000-4000-8000-000000000002");
    private static readonly Guid s_file = new("ffeeddcc-0000-4000-8000-000000000003");

    private readonly string _unit = Directory.CreateTempSubdirectory("kadalu-fsd-test-").FullName;

    public void Dispose() => Directory.Delete(_unit, recursive: true);

    [Fact]
    public void The_pools_top_is_its_root() => Assert.Equal("/", GfidPath.Find(_unit, s_root));

    [Fact]
    public void Directories_and_files_are_found_through_their_parents()
    {
        AddDirectory(s_outer, s_root, "outer");
        AddDirectory(s_inner, s_outer, "inner");
        AddFile(s_file, s_inner, "ü 1");
        Assert.Equal("/outer/inner", GfidPath.Find(_unit, s_inner));
        Assert.Equal("/outer/inner/ü 1", GfidPath.Find(_unit, s_file));
    }

    [Fact]
    public void What_the_unit_does_not_know_has_no_path()
    {
        AddDirectory(s_inner, s_outer, "an orphan");
        Assert.Null(GfidPath.Find(_unit, s_inner));
        Assert.Null(GfidPath.Find(_unit, s_file));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("")]
    public void A_name_that_is_none_is_not_followed(string name)
    {
        AddFile(s_file, s_root, name);
        Assert.Null(GfidPath.Find(_unit, s_file));
    }

    [Fact]
    public void Directories_that_are_in_each_other_have_no_path()
    {
        AddDirectory(s_outer, s_inner, "outer");
        AddDirectory(s_inner, s_outer, "inner");
        Assert.Null(GfidPath.Find(_unit, s_inner));
    }

    private void AddDirectory(Guid gfid, Guid parent, string name) =>
        File.CreateSymbolicLink(HandleOf(gfid), $"../../{parent.ToString()[..2]}/{parent.ToString()[2..4]}/{parent}/{name}");

    private void AddFile(Guid gfid, Guid parent, string name)
    {
        File.WriteAllText(HandleOf(gfid), "");
        Assert.Equal(
            Errno.None,
            ExtendedAttribute.Create(
                HandleOf(gfid), "trusted.gfid2path.0123456789abcdef", Encoding.UTF8.GetBytes($"{parent}/{name}")));
    }

    private string HandleOf(Guid gfid) =>
        Path.Combine(
            Directory.CreateDirectory(Path.Combine(_unit, ".glusterfs", gfid.ToString()[..2], gfid.ToString()[2..4])).FullName,
            gfid.ToString());
}
