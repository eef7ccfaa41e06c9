using KadaluFsd.Shared;

namespace KadaluFsd.Harness.Scenarios;

/// <summary>A file of which each of two units has a copy that the other one knows nothing of.</summary>
internal static class SplitBrain
{
    internal const string Older = "older and longer";

    internal const string Newer = "newer";

    /// <summary>Creates pool1, a mirror of two, with such a file: each unit is written to while the other one is away, and nobody
    /// heals in between.</summary>
    /// <returns>A mount of it.</returns>
    internal static async Task<FuseMount> CreateAsync(PoolHarness pools)
    {
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "first");

        // GlusterFS's own times, which clients send along, are brought into line without being asked.
        await pools.MustAsync(
            "set", "pool1", "features.ctime", "off", "cluster.self-heal-daemon", "off", "cluster.data-self-heal", "off",
            "cluster.metadata-self-heal", "off", "cluster.entry-self-heal", "off");

        // The mount goes over to a new graph, without a layer: before that it takes back what it holds of the old one, by itself.
        await Until.SoAsync("the mount has a graph without the layer", () => !mount.HasLayer("pool1-utime"), () => mount.LogText);
        await mount.ConnectedAsync("pool1", units: 2);
        await WriteWithoutAsync(pools, mount, absent: 1, Older);
        await WriteWithoutAsync(pools, mount, absent: 0, Newer);
        return mount;
    }

    private static async Task WriteWithoutAsync(PoolHarness pools, FuseMount mount, int absent, string text)
    {
        await pools.UnlockedAsync();
        await pools.KillAsync("pool1", [absent]);
        await File.WriteAllTextAsync(mount.In("file"), text);
        await pools.UnlockedAsync();
        await pools.KillAsync("pool1", [1 - absent]);
        await pools.MustAsync("start", "pool1");
        await mount.ConnectedAsync("pool1", units: 2);
    }
}
