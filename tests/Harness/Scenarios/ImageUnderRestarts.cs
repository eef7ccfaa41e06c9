using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness.Scenarios;

/// <summary>
/// QEMU writes to an image while each unit of the pool is killed and brought back in turn. No write fails, everything that was written
/// is read back, and afterwards nothing is left to be healed.
/// </summary>
internal sealed class ImageUnderRestarts(Workspace workspace, PoolHarness pools, Manifest manifest)
{
    private const int Units = 3;
    private const int Blocks = 256;

    // Between two events.
    private const int Writes = 40;

    private readonly Dictionary<long, int> _written = [];
    private readonly Random _random = new(1);

    /// <summary>Runs through it.</summary>
    /// <param name="isDisperse">Whether the image is in fragments, of which one may be lost, instead of three copies.</param>
    /// <param name="isLocal">Whether QEMU fetches its volfile from a unix socket.</param>
    /// <param name="rounds">How often each unit is killed.</param>
    /// <returns>How many blocks were written.</returns>
    internal async Task<int> RunAsync(bool isDisperse, bool isLocal, int rounds)
    {
        string[] units = pools.Units("pool1", Units);
        await pools.CreateAsync("pool1", isDisperse ? ["data", units[0], units[1], "redundancy", units[2]] : ["mirror", .. units]);
        await pools.ConnectedAsync("pool1", clients: 1);
        string port = ((int)(await pools.StatusAsync("pool1"))["port"]!).ToString(CultureInfo.InvariantCulture);
        string image = isLocal
            ? $"gluster+unix:///pool1/disk?socket={await pools.StartGatewayAsync()}" : $"gluster+tcp://127.0.0.1:{port}/pool1/disk";
        await Command.MustAsync("qemu-img", "create", "-q", "-f", "raw", image, $"{Blocks * 4}k");
        string log = workspace.Path("qemu.log");
        string server = isLocal
            ? $"type=unix,file.server.0.path={image.Split("socket=")[1]}" : $"type=inet,file.server.0.host=127.0.0.1,file.server.0.port={port}";
        QemuIo qemu = QemuIo.Start(
            workspace, log,
            ["--image-opts",
            $"driver=raw,file.driver=gluster,file.volume=pool1,file.path=disk,file.server.0.{server},file.debug=7,file.logfile={log}"]);
        await WriteAsync(qemu);
        await pools.MustAsync("set", "pool1", "diagnostics.client-log-level", "TRACE");
        await Until.LoggedAsync("QEMU logs as the option says", log, "] T [");
        await pools.MustAsync("reset", "pool1", "diagnostics.client-log-level");
        int count = 0;
        for (int restart = 0; restart < rounds * Units; restart++)
        {
            await pools.KillAsync("pool1", [restart % Units]);
            count += await WriteAsync(qemu);
            Task<string> start = pools.MustAsync("start", "pool1");
            count += await WriteAsync(qemu);
            await start;

            // One at a time is what the pool can bear, and QEMU comes back a moment later.
            await pools.ConnectedAsync("pool1", clients: 2);
            await pools.HealedNowAsync("pool1");
            await OpenAsync(restart % Units);
        }

        foreach ((long block, int pattern) in _written)
        {
            await qemu.ReadAsync(pattern, block);
        }

        await manifest.EqualAsync(units, hasContents: !isDisperse);
        return count;
    }

    private async Task<int> WriteAsync(QemuIo qemu)
    {
        for (int write = 0; write < Writes; write++)
        {
            (long block, int pattern) = (_random.Next(Blocks), _random.Next(1, 256));
            await qemu.WriteAsync(pattern, block);
            _written[block] = pattern;
        }

        return Writes;
    }

    // A unit that is back does not count for a client until the client has opened its files there again.
    private async Task OpenAsync(int unit)
    {
        string image = Path.Combine(pools.Units("pool1", Units)[unit], "disk");
        int?[] processes = await pools.ProcessesAsync("pool1");
        string descriptors = $"/proc/{processes[unit]!.Value.ToString(CultureInfo.InvariantCulture)}/fd";
        await Until.SoAsync(
            "the unit has the image open",
            async () => (await Command.RunAsync("find", "-L", descriptors, "-maxdepth", "1", "-samefile", image)).Output.Length > 0,
            pools.Logs);
    }
}
