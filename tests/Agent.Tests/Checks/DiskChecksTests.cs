using KadaluFsd.Agent.Checks;
using KadaluFsd.Agent.Disks;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Linux;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Tests.Checks;

/// <summary>Directories of units and their file systems: real ones, but for figures of disks that would have to be filled.</summary>
public sealed class DiskChecksTests : IDisposable
{
    private const string VolumeId = "trusted.glusterfs.volume-id";

    // A file system of its own everywhere.
    private readonly string _root = Path.Combine("/dev/shm", $"kadalu-fsd-test-{Guid.NewGuid():N}");
    private readonly Pool _pool = CheckedPools.Make();

    public DiskChecksTests() => Directory.CreateDirectory(_root);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_unit_in_a_file_system_of_its_own_is_well()
    {
        string path = MakeUnit("u");
        NodeFinding[] found = await CheckAsync(path);
        Assert.All(found, finding => Assert.Equal(FindingVerdict.Well, finding.Verdict));
        Assert.Equal([CheckNames.Mounts, CheckNames.Disks], found.Select(finding => finding.Check));
        Assert.StartsWith($"space left: {path} ", found[1].Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_or_not_the_units_may_not_be_mounted()
    {
        NodeFinding missing = (await CheckAsync(Path.Combine(_root, "none")))[0];
        Assert.Equal(FindingVerdict.Wrong, missing.Verdict);
        Assert.Contains("none of pool1 is not there", missing.Said, StringComparison.Ordinal);
        Assert.Contains($"kadalu unit replace pool1 server1:{_root}/none", missing.ToDo!, StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(_root, "empty"));
        NodeFinding empty = (await CheckAsync(Path.Combine(_root, "empty")))[0];
        Assert.Equal(FindingVerdict.Wrong, empty.Verdict);
        Assert.Contains("has not the pool's id", empty.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Units_that_share_a_file_system_are_warned_of()
    {
        NodeFinding found = (await CheckAsync(MakeUnit("u"), MakeUnit("v")))[0];
        Assert.Equal((CheckNames.Mounts, FindingVerdict.Warning), (found.Check, found.Verdict));
        Assert.Contains($"{_root}/u, {_root}/v are in one file system", found.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_the_root_file_system_is_known()
    {
        Assert.True(DirectoryFacts.Read("/", Guid.Empty).IsOnRoot);
        Assert.False(DirectoryFacts.Read(_root, Guid.Empty).IsOnRoot);
    }

    [Fact]
    public async Task A_unit_in_the_root_file_system_or_a_read_only_one_is_told()
    {
        DirectoryFacts facts = new(null, IsMarked: true, 1, IsOnRoot: true, Figures(50, 50) with { IsReadOnly = true });
        NodeFinding[] found = await CheckAsync((_, _) => facts, "/u");
        Assert.Equal([FindingVerdict.Warning, FindingVerdict.Wrong], found.Take(2).Select(finding => finding.Verdict));
        Assert.Contains("root file system", found[0].Said, StringComparison.Ordinal);
        Assert.Contains("read-only", found[1].Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50, 50, FindingVerdict.Well, "50 %")]
    [InlineData(9, 50, FindingVerdict.Warning, "9 % of the space")]
    [InlineData(4, 50, FindingVerdict.Wrong, "4 % of the space")]
    [InlineData(50, 4, FindingVerdict.Wrong, "4 % of the inodes")]
    public void Space_and_inodes_that_are_nearly_used_are_told(int space, int inodes, FindingVerdict verdict, string said)
    {
        NodeFinding found = DiskChecks.CheckSpace(
            [("/u", new DirectoryFacts(null, true, 1, false, Figures((ulong)space, (ulong)inodes))),
             ("/v", new DirectoryFacts(null, true, 1, false, Figures((ulong)space, (ulong)inodes)))]).First();
        Assert.Equal(verdict, found.Verdict);
        Assert.Contains(said, found.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("/v", found.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_system_that_does_not_count_inodes_never_runs_out_of_them() => Assert.Equal(
        FindingVerdict.Well,
        Assert.Single(DiskChecks.CheckSpace([("/u", new DirectoryFacts(
            null, true, 1, false, Figures(50, 0) with { Inodes = 0, AvailableInodes = 0 }))])).Verdict);

    [Fact]
    public async Task A_disk_that_hangs_holds_one_thread_however_often_it_is_asked()
    {
        using var answers = new ManualResetEventSlim();
        using var hanging = new SemaphoreSlim(0);
        int begun = 0;
        var reader = new DirectoryReader((path, pool) =>
        {
            Interlocked.Increment(ref begun);
            hanging.Release();
            answers.Wait();
            return DirectoryFacts.Read(path, pool);
        });
        DirectoryFacts hangs = await ReadAsync(reader);
        Assert.Contains("does not answer", hangs.Problem!, StringComparison.Ordinal);
        Assert.True(await hanging.WaitAsync(TimeSpan.FromSeconds(60)));
        await ReadAsync(reader);
        Assert.Equal(1, begun);
        answers.Set();
        Assert.Null((await reader.ReadAsync(_root, Guid.Empty, TimeSpan.FromSeconds(60), default)).Problem);
    }

    private Task<DirectoryFacts> ReadAsync(DirectoryReader reader) =>
        reader.ReadAsync(_root, Guid.Empty, TimeSpan.FromMilliseconds(10), default);

    private static FileSystemStatus Figures(ulong space, ulong inodes) =>
        new(100, space, space, 100, inodes, inodes, IsReadOnly: false);

    private string MakeUnit(string name)
    {
        string path = Path.Combine(_root, name);
        Directory.CreateDirectory(path);
        Assert.Equal(Errno.None, ExtendedAttribute.Create(path, VolumeId, _pool.Id.ToByteArray(bigEndian: true)));
        return path;
    }

    private Task<NodeFinding[]> CheckAsync(params string[] paths) => CheckAsync(DirectoryFacts.Read, paths);

    private Task<NodeFinding[]> CheckAsync(Func<string, Guid, DirectoryFacts> read, params string[] paths) =>
        new DiskChecks(new DirectoryReader(read)).CheckAsync(
            [.. paths.Select(path => (_pool, new PoolUnit(new PoolNode("server1"), path)))], [], default);
}
