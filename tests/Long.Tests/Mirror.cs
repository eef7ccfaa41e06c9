using System.Globalization;
using KadaluFsd.Harness;

namespace KadaluFsd.Long.Tests;

/// <summary>A mirror of three units with a mount, whoever runs it.</summary>
internal abstract class Mirror : IAsyncDisposable
{
    /// <summary>What it is called.</summary>
    internal const string Name = "pool1";

    /// <summary>The mount.</summary>
    internal abstract FuseMount Mount { get; }

    /// <summary>Kills a unit as a crash would, and starts it again at once.</summary>
    internal abstract Task RestartAsync(int unit);

    /// <summary>Waits until the mount and the self-heal daemon are connected to all units again.</summary>
    internal abstract Task ConnectedAsync();

    /// <summary>Whether nothing is said to wait for being healed; where something does, heals are ordered.</summary>
    internal abstract Task<bool> IsHealedAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>Ours.</summary>
internal sealed class OurMirror : Mirror
{
    private readonly PoolHarness _pools;

    private OurMirror(PoolHarness pools, FuseMount mount) => (_pools, Mount) = (pools, mount);

    internal override FuseMount Mount { get; }

    internal static async Task<Mirror> CreateAsync(Workspace workspace)
    {
        var pools = PoolHarness.Create(workspace);
        await pools.CreateAsync(Name, "mirror", "3", "units:3");
        var mirror = new OurMirror(pools, await pools.MountAsync(Name));
        await mirror.ConnectedAsync();
        return mirror;
    }

    internal override async Task RestartAsync(int unit)
    {
        await _pools.KillAsync(Name, [unit]);
        await _pools.MustAsync("start", Name);
    }

    internal override Task ConnectedAsync() => _pools.ConnectedAsync(Name, clients: 2);

    internal override async Task<bool> IsHealedAsync()
    {
        if (PoolHarness.CountWaiting(await _pools.StatusAsync(Name)) == 0)
        {
            return true;
        }

        await _pools.TryAsync("heal", "start", Name);
        return false;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>glusterd's.</summary>
internal sealed class StockMirror : Mirror
{
    private const int Units = 3;

    private readonly Glusterd _glusterd;
    private readonly string _run;
    private readonly string _bricks;

    private StockMirror(Glusterd glusterd, string run, string bricks, FuseMount mount) =>
        (_glusterd, _run, _bricks, Mount) = (glusterd, run, bricks, mount);

    internal override FuseMount Mount { get; }

    internal static async Task<Mirror> CreateAsync(Workspace workspace)
    {
        Glusterd glusterd = await Glusterd.StartAsync(workspace);
        string bricks = workspace.Create("bricks");
        await MustAsync(
            glusterd,
            ["volume", "create", Name, "replica", "3",
                .. Enumerable.Range(0, Units).Select(unit => $"{TestNetwork.Address}:{bricks}/{unit}"), "force"]);
        await MustAsync(glusterd, "volume", "start", Name);
        FuseMount mount = await FuseMount.CreateAsync(workspace, 24007, Name, TestNetwork.Address);
        var mirror = new StockMirror(glusterd, workspace.Path("glusterd", "run"), bricks, mount);
        await mirror.ConnectedAsync();
        return mirror;
    }

    internal override async Task RestartAsync(int unit)
    {
        int process = ProcessOf(unit);
        await Command.MustAsync("kill", "-KILL", process.ToString(CultureInfo.InvariantCulture));
        await ManagedProcess.GoneAsync(process);
        await MustAsync(_glusterd, "volume", "start", Name, "force");
    }

    internal override Task ConnectedAsync() => Mount.ConnectedAsync(Name, Units);

    internal override async Task<bool> IsHealedAsync()
    {
        if (Enumerable.Range(0, Units).All(unit => CountPending(unit) == 0))
        {
            return true;
        }

        await _glusterd.TryAsync("volume", "heal", Name);
        return false;
    }

    public override async ValueTask DisposeAsync()
    {
        await Mount.DisposeAsync();
        await MustAsync(_glusterd, "volume", "stop", Name, "force");
    }

    // The index has a hard link for each file, to one that stands for none.
    private int CountPending(int unit) => new[] { "xattrop", "dirty" }.Sum(kind =>
        Directory.EnumerateFiles(Path.Combine(_bricks, unit.ToString(CultureInfo.InvariantCulture), ".glusterfs/indices", kind))
        .Count(file => !Path.GetFileName(file).StartsWith(kind + "-", StringComparison.Ordinal)));

    private int ProcessOf(int unit)
    {
        string name =
            $"{TestNetwork.Address}{Path.Combine(_bricks, unit.ToString(CultureInfo.InvariantCulture)).Replace('/', '-')}.pid";
        return int.Parse(File.ReadAllText(Path.Combine(_run, "vols", Name, name)), CultureInfo.InvariantCulture);
    }

    private static async Task MustAsync(Glusterd glusterd, params string[] words)
    {
        Command result = await glusterd.TryAsync(words);
        Assert.True(result.ExitCode == 0, $"gluster {string.Join(' ', words)}: {result.Error}{result.Output}");
    }
}
