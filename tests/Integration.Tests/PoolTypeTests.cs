using System.Globalization;
using System.Security.Cryptography;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Pools of every type under the stock client, with units lost that they can do without; with every such set in the long tests.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolTypeTests : IntegrationTest
{
    [Theory]
    [LongData("units:1")]
    [InlineData("units:3")]
    public async Task Without_a_second_copy_files_come_back_with_their_unit(string words)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", words);
        FuseMount mount = await pools.MountAsync("pool1");
        WriteTree(mount.Path, "before");
        string before = Sum(mount.Path);
        int units = (await pools.ProcessesAsync("pool1")).Length;
        await pools.KillAsync("pool1", Enumerable.Range(0, units));
        await pools.MustAsync("start", "pool1");

        // What the kernel has kept of the files does not tell that their unit is back.
        await pools.ConnectedAsync("pool1", clients: 1);
        await Until.SeesAsync("the mount shows what was written before", () => SumOrNone(mount.Path), sum => sum == before);
        WriteTree(mount.Path, "after");
    }

    [Theory]
    [InlineData("mirror 2 units:2 tiebreaker ROOT/tie", "0;2")]
    [LongData("mirror 3 units:3", "1")]
    [InlineData("mirror 2 arbiter 1 units:3", "0;2")]
    [LongData("data 2 redundancy 1 units:3", "1")]
    [InlineData("data 4 redundancy 2 units:6", "0,5")]
    [InlineData("mirror 3 units:6", "0,3")]
    [LongData("mirror 2 units:2 tiebreaker ROOT/tie", "0;1;2")]
    [LongData("mirror 3 units:3", "0;1;2")]
    [LongData("mirror 2 arbiter 1 units:3", "0;1;2")]
    [LongData("data 2 redundancy 1 units:3", "0;1;2")]
    [LongData("data 4 redundancy 2 units:6", "0,1;2,3;4,5;0,5;1,4")]
    [LongData("mirror 3 units:6", "0,3;1,4;2,5")]
    [LongData("mirror 2 arbiter 1 units:6", "0,5;1,4;2,3")]
    [LongData("data 2 redundancy 1 units:6", "0,5;1,4;2,3")]
    public async Task Units_that_may_be_lost_are_lost_and_everything_is_healed(string words, string sets)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", words.Split(' '));
        FuseMount mount = await pools.MountAsync("pool1");
        WriteTree(mount.Path, "first");
        foreach (
            int[] set in sets.Split(';')
            .Select(set => set.Split(',').Select(unit => int.Parse(unit, CultureInfo.InvariantCulture)).ToArray()))
        {
            await pools.UnlockedAsync();
            await pools.KillAsync("pool1", set);
            WriteTree(mount.Path, $"without-{string.Join('-', set)}");
            File.Delete(mount.In("first/1/2"));
            await File.WriteAllTextAsync(mount.In("first/1/2"), $"changed without {string.Join(' ', set)}");
            string written = Sum(mount.Path);
            await pools.MustAsync("start", "pool1");
            await pools.HealedAsync("pool1", clients: 2);
            Assert.Equal(written, Sum(mount.Path));
        }

        AssertMirrorsAreEqual(
            words,
            pools.Units(
                "pool1",
                words.Contains("units:6", StringComparison.Ordinal)
                    ? 6
                    : words.Contains("units:2", StringComparison.Ordinal)
                    ? 2
                    : 3));
    }

    // What units of a mirror hold can be compared; an arbiter has names and sizes only, a dispersed unit a part.
    private static void AssertMirrorsAreEqual(string words, string[] units)
    {
        int size = words.StartsWith("mirror 3", StringComparison.Ordinal)
            ? 3
            : words.StartsWith("mirror 2", StringComparison.Ordinal) ? 2 : 1;
        int stride = words.Contains("arbiter", StringComparison.Ordinal) ? 3 : size;
        foreach (string[] group in units.Chunk(stride).Select(group => group[..size]))
        {
            Assert.Single(group.Select(Sum).Distinct());
        }
    }

    private static void WriteTree(string root, string name)
    {
        for (int directory = 0; directory < 3; directory++)
        {
            string path =
                Directory.CreateDirectory(Path.Combine(root, name, directory.ToString(CultureInfo.InvariantCulture))).FullName;
            for (int file = 0; file < 5; file++)
            {
                File.WriteAllBytes(
                    Path.Combine(path, file.ToString(CultureInfo.InvariantCulture)),
                    RandomNumberGenerator.GetBytes(1 << (file * 4)));
            }
        }
    }

    private static string? SumOrNone(string root)
    {
        try
        {
            return Sum(root);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // A unit's own .glusterfs, and the directory beside it where a heal keeps what is being moved, are not walked: they change
    // behind the clients, as where marks of a finished heal are taken away.
    private static string Sum(string root) =>
        string.Join(
            '\n',
            Directory.EnumerateFileSystemEntries(root)
            .Where(path => !Path.GetFileName(path).StartsWith(".glusterfs", StringComparison.Ordinal))
        .SelectMany(path => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [path])
        .Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal)
        .Select(path => $"{path} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(root, path))))}"));
}
