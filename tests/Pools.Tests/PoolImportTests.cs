using System.Collections.Immutable;
using KadaluFsd.Linux;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>Bricks of a volume of glusterd, which are to become units.</summary>
public sealed class PoolImportTests : IDisposable
{
    private const string VolumeId = "trusted.glusterfs.volume-id";

    private readonly string _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-").FullName;
    private readonly Guid _id = Guid.NewGuid();
    private readonly string _brick;

    public PoolImportTests() => _brick = Directory.CreateDirectory(Path.Combine(_root, "brick")).FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_brick_with_the_id_of_its_volume_and_marks_for_its_own_group_is_taken()
    {
        Set(VolumeId, _id.ToByteArray(bigEndian: true));
        Set("trusted.afr.vol1-client-0", new byte[12]);
        Set("trusted.afr.vol1-client-1", new byte[12]);
        Set("trusted.afr.dirty", new byte[12]);
        Assert.Empty(Find());
        Record("status=2", "vol1-client-0");
        Assert.Empty(Find());
    }

    [Fact]
    public void Another_directory_is_refused()
    {
        Assert.Contains("is its file system mounted?", Assert.Single(Find()), StringComparison.Ordinal);
        Set(VolumeId, Guid.NewGuid().ToByteArray(bigEndian: true));
        Assert.Contains("is a brick of the volume", Assert.Single(Find()), StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_and_records_by_which_copies_would_be_mistaken_for_each_other_are_refused()
    {
        Set(VolumeId, _id.ToByteArray(bigEndian: true));
        Set("trusted.afr.vol1-client-4", new byte[12]);
        Assert.Contains("(trusted.afr.vol1-client-4)", Assert.Single(Find()), StringComparison.Ordinal);
        Assert.Equal(Errno.None, ExtendedAttribute.Remove(_brick, "trusted.afr.vol1-client-4"));
        Record("status=2", "vol1-client-2");
        Assert.Contains("vol1-client-2", Assert.Single(Find()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status=1", "gluster volume stop vol1")]
    [InlineData("status=2\nthin_arbiter_count=1", "thin arbiter")]
    public void A_volume_that_glusterd_serves_or_that_has_a_thin_arbiter_is_refused(string info, string reason)
    {
        Set(VolumeId, _id.ToByteArray(bigEndian: true));
        Record(info, "vol1-client-0");
        Assert.Contains(reason, Assert.Single(Find()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_glusterd_keeps_is_read()
    {
        Assert.Null(GlusterdRecords.Find(_root, "vol1"));
        Record("status=1\ntype=2", "vol1-client-3");
        GlusterdRecords found = GlusterdRecords.Find(_root, "vol1")!;
        Assert.Equal(("vol1", false, true), (found.Volume, found.HasThinArbiter, found.IsStarted));
        Assert.Equal("vol1-client-3", Assert.Single(found.BrickIds, brick => brick.Key == $"here:{_brick}").Value);
    }

    private ImmutableArray<string> Find()
    {
        var pool = new Pool("vol1", _id)
        {
            Groups =
            [
                new DistributeGroup(
                    GroupKind.Mirror, [new(new PoolNode("here"), _brick) { Number = 0 }, new(new PoolNode("n1"), "/b") { Number = 1 }]),
            ],
            Layers = new PoolLayers("vol1", HasDistribute: true, 2, 1),
        };
        return new PoolImport(pool, new ThisNode("here", null), _root).FindObjections([DirectoryContents.Read(_brick)]);
    }

    private void Set(string name, byte[] value) => Assert.Equal(Errno.None, ExtendedAttribute.Create(_brick, name, value));

    // As glusterd 10.3 writes it.
    private void Record(string info, string brick)
    {
        string volume = Path.Combine(_root, "var/lib/glusterd/vols/vol1");
        Directory.CreateDirectory(Path.Combine(volume, "bricks"));
        File.WriteAllText(Path.Combine(volume, "info"), info + "\n");
        File.WriteAllText(
            Path.Combine(volume, "bricks", "here:-brick"),
            $"uuid=e50c0a43-03fc-4eb1-a2a1-cefac8bd73b8\nhostname=here\npath={_brick}\nlisten-port=0\nbrick-id={brick}\n");
        File.WriteAllText(Path.Combine(volume, "bricks", "n1:-b"), "hostname=n1\npath=/b\nbrick-id=vol1-client-1\n");
    }
}
