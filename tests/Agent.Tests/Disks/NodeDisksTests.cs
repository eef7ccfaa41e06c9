using KadaluFsd.Agent.Disks;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Linux;
using KadaluFsd.Pools;

namespace KadaluFsd.Agent.Tests.Disks;

public sealed class NodeDisksTests : IDisposable
{
    private static readonly (string Path, Guid Pool)[] s_units = [("/one", Guid.NewGuid()), ("/two", Guid.NewGuid())];

    private readonly ManualResetEventSlim _answers = new(initialState: true);

    public void Dispose() => _answers.Dispose();

    [Fact]
    public async Task A_disk_that_hangs_is_as_it_was_and_one_that_could_not_be_read_is_read_again()
    {
        ulong available = 7;
        Exception? fault = null;
        var disks = new NodeDisks(new DirectoryReader((path, _) =>
        {
            _answers.Wait();
            return fault is null ? Facts(path == "/one" ? 1u : 2, available) : throw fault;
        }));
        Assert.Equal([new DiskReport("/one", 10, 7), new DiskReport("/two", 10, 7)], await disks.ReadAsync(s_units));
        available = 6;
        _answers.Reset();
        Assert.Equal([new DiskReport("/one", 10, 7), new DiskReport("/two", 10, 7)], await disks.ReadAsync(s_units));
        _answers.Set();

        // What had hung may end after this reading has begun.
        while ((await disks.ReadAsync(s_units))[0].AvailableBytes != 6)
        {
            await Task.Yield();
        }

        fault = new IOException("no");
        await Assert.ThrowsAsync<IOException>(() => disks.ReadAsync(s_units));
        fault = null;
        Assert.Equal(6, (await disks.ReadAsync(s_units))[1].AvailableBytes);
    }

    [Fact]
    public async Task A_file_system_is_said_once_and_a_directory_that_is_not_there_not_at_all()
    {
        var disks = new NodeDisks(new DirectoryReader((path, _) => Facts(1, 7)));
        Assert.Equal(new DiskReport("/one", 10, 7), Assert.Single(await disks.ReadAsync(s_units)));
        disks = new NodeDisks(new DirectoryReader(DirectoryFacts.Read));
        Assert.Empty(await disks.ReadAsync([("/none/at/all", Guid.Empty)]));
    }

    private static DirectoryFacts Facts(ulong device, ulong available) => new(
        null, true, device, false, new FileSystemStatus(10, available, available, 0, 0, 0, IsReadOnly: false));
}
