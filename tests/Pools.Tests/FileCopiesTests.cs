using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>Copies of a file as GlusterFS leaves them in units' directories.</summary>
public sealed class FileCopiesTests : IDisposable
{
    private const string Hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private static readonly Guid s_gfid = new("a1b2c3d4-0000-4000-8000-000000000001");

    private readonly string _unit = Directory.CreateTempSubdirectory("kadalu-fsd-test-").FullName;

    public void Dispose() => Directory.Delete(_unit, recursive: true);

    [Fact]
    public void A_copy_is_described_with_its_marks()
    {
        string file = Add("f", "hello");
        Set(file, "trusted.gfid", s_gfid.ToByteArray(bigEndian: true));
        Set(file, "trusted.afr.p-client-1", [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0]);
        Set(file, "trusted.afr.p-client-7", [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
        Set(file, "trusted.afr.p-client-0", new byte[12]);
        Set(file, "trusted.afr.dirty", [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        Set(file, "trusted.glusterfs.mdata", [1, .. new byte[8], .. Time(1), .. Time(1_700_000_000), .. Time(2)]);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        FileCopy copy = Assert.Single(Read(GroupKind.Mirror, "/f"));
        Assert.Equal("here:" + _unit, copy.Unit);
        CopyFacts facts = copy.File!;
        Assert.Equal(("file", 5, "0600", s_gfid, Hello), (facts.Kind, facts.Size, facts.Mode, facts.Gfid, facts.Sha256));
        Assert.Equal(("2023-11-14 22:13:20.000000007Z", true), (facts.Modified, facts.IsClientTime));
        Assert.Equal(
            [new CopyMark(null, 1, 0, 0), new CopyMark("n1:/u", 2, 0, 256), new CopyMark("p-client-7", 0, 1, 0)], facts.Marks);
        Assert.Null(facts.Fragment);
    }

    [Fact]
    public void A_fragment_tells_of_the_whole_file()
    {
        string file = Add("f", "hello");
        Set(file, "trusted.ec.version", [0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4]);
        Set(file, "trusted.ec.size", [0, 0, 0, 0, 0, 0, 1, 0]);
        Set(file, "trusted.ec.dirty", [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        CopyFacts facts = Assert.Single(Read(GroupKind.Disperse, "/f")).File!;
        Assert.Equal(new FragmentFacts(3, 4, 256), facts.Fragment);
        Assert.Equal([new CopyMark(null, 1, 0, 0)], facts.Marks);
        Assert.Null(facts.Sha256);
    }

    [Fact]
    public void What_only_points_to_another_group_is_no_copy()
    {
        Set(Add("f", ""), "trusted.glusterfs.dht.linkto", "p-replicate-1\0"u8.ToArray());
        Assert.True(Assert.Single(Read(GroupKind.Mirror, "/f")).File!.IsPointer);
    }

    [Fact]
    public void What_is_missing_is_told_from_a_unit_that_is_gone()
    {
        Assert.Equal(new FileCopy("here:" + _unit, null, null), Assert.Single(Read(GroupKind.Mirror, "/none")));
        Pool pool = PoolOf(GroupKind.Mirror, "/none-at-all");
        Assert.Contains(
            "missing", Assert.Single(new FileCopies(Here).Read(pool, "/f", default)).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f")]
    [InlineData("/d/../f")]
    [InlineData("/./f")]
    [InlineData("/.glusterfs/indices")]
    public void A_path_that_leads_elsewhere_is_refused(string path) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<CommandException>(() => Read(GroupKind.Mirror, path)).Code);

    [Fact]
    public void A_link_is_compared_by_where_it_leads_and_not_followed()
    {
        File.CreateSymbolicLink(Path.Combine(_unit, "l"), "hello");
        CopyFacts facts = Assert.Single(Read(GroupKind.Mirror, "/l")).File!;
        Assert.Equal(("link", Hello), (facts.Kind, facts.Sha256));
        Directory.CreateSymbolicLink(Path.Combine(_unit, "d"), "/etc");
        Assert.Contains(
            "no directory", Assert.Single(Read(GroupKind.Mirror, "/d/passwd")).Problem, StringComparison.Ordinal);
    }

    private static ThisNode Here => new("here", null);

    private FileCopy[] Read(GroupKind kind, string path) => new FileCopies(Here).Read(PoolOf(kind, _unit), path, default);

    private static Pool PoolOf(GroupKind kind, string unit)
    {
        ImmutableArray<PoolUnit> units =
            [new(new PoolNode("here"), unit), new(new PoolNode("n1"), "/u"), new(new PoolNode("n2"), "/u")];
        return new Pool("p", Guid.NewGuid())
        {
            Groups = [new DistributeGroup(kind, units) { Redundancy = kind == GroupKind.Disperse ? 1 : 0 }],
        };
    }

    private string Add(string name, string text)
    {
        string path = Path.Combine(_unit, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static void Set(string path, string name, byte[] value) =>
        Assert.Equal(Errno.None, ExtendedAttribute.Create(path, name, value));

    private static byte[] Time(long seconds)
    {
        byte[] time = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(time, seconds);
        time[15] = 7;
        return time;
    }
}
