using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>A mount by the stock FUSE client.</summary>
internal sealed partial class FuseMount : IAsyncDisposable
{
    private static int s_number;

    private readonly string _pidFile;

    private FuseMount(string path, string log, string pidFile) => (Path, Log, _pidFile) = (path, log, pidFile);

    internal string Path { get; }

    internal string Log { get; }

    /// <summary>What the client has logged; says so where it logs elsewhere.</summary>
    internal string LogText => File.Exists(Log) ? File.ReadAllText(Log) : "(no log)";

    /// <summary>Mounts a pool from a volfile server; returns what mounting said.</summary>
    internal static async Task<(FuseMount Mount, Command Result)> TryAsync(
        Workspace workspace, int port, string key, string host = "127.0.0.1")
    {
        FuseMount mount = Expect(workspace);
        Command result = await Command.RunAsync(
            "glusterfs", $"--volfile-server={host}", $"--volfile-server-port={port}", $"--volfile-id={key}", "-l", mount.Log,
            "-p", mount._pidFile, mount.Path);
        return (mount, result);
    }

    /// <summary>Mounts a pool from a volfile server.</summary>
    internal static async Task<FuseMount> CreateAsync(Workspace workspace, int port, string key, string host = "127.0.0.1")
    {
        (FuseMount mount, Command result) = await TryAsync(workspace, port, key, host);
        Assert.True(result.ExitCode == 0 && mount.IsMounted, $"mount failed with {result.ExitCode}: {mount.LogText}");
        return mount;
    }

    /// <summary>Takes charge of a mount that something else is about to make.</summary>
    internal static FuseMount Expect(Workspace workspace)
    {
        int number = Interlocked.Increment(ref s_number);
        return workspace.Own(new FuseMount(
            workspace.Create("mounts", number.ToString(CultureInfo.InvariantCulture)), workspace.Path($"mount-{number}.log"),
            workspace.Path($"mount-{number}.pid")));
    }

    /// <summary>The client's process.</summary>
    internal int Pid => int.Parse(File.ReadAllText(_pidFile), CultureInfo.InvariantCulture);

    internal bool IsMounted => File.ReadLines("/proc/mounts").Any(line => line.Split(' ')[1] == Path);

    internal string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Whether the graph that the client uses now has a layer.</summary>
    internal bool HasLayer(string name) => Directory.Exists(In($".meta/graphs/active/{name}"));

    /// <summary>Waits until the graph that the client uses now has its connections to the first units of a pool.</summary>
    internal Task ConnectedAsync(string pool, int units) => Until.SeesAsync(
        $"the mount is connected to the first {units} units of {pool}",
        () => Task.FromResult(Enumerable.Range(0, units).Select(unit => IsConnected($"{pool}-client-{unit}")).ToArray()),
        connected => connected.All(unit => unit), () => LogText);

    /// <summary>
    /// Which units the client's mirror counts; none where it counts too few of them, since nothing below the mount can be read
    /// then. A unit comes later here than in what the unit itself says of its clients: the client opens its files there again in
    /// between.
    /// </summary>
    internal bool[] UpUnits(string mirror)
    {
        try
        {
            return [.. File.ReadLines(In($".meta/graphs/active/{mirror}/private"))
                .Where(line => line.StartsWith("child_up[", StringComparison.Ordinal))
                .Select(line => line.EndsWith("= 1", StringComparison.Ordinal))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>When the oldest operation that the client has not ended yet began, by the monotonic clock.</summary>
    internal TimeSpan OldestOperation() =>
        CreationTime().Matches(File.ReadAllText(In(".meta/frames")))
        .Min(match => TimeSpan.FromSeconds(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));

    private bool IsConnected(string client)
    {
        try
        {
            return File.ReadAllText(In($".meta/graphs/active/{client}/private"))
                .Contains("connected = 1", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The graph is being changed: what was opened is of the one before (EBADF).
            return false;
        }
    }

    /// <summary>Waits until the client has taken its mount away: it does so by itself, a moment after it has said why.</summary>
    internal async Task GoneAsync()
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (IsMounted)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        int? pid = File.Exists(_pidFile) &&
            int.TryParse(await File.ReadAllTextAsync(_pidFile), CultureInfo.InvariantCulture, out int number) ? number : null;
        if (IsMounted)
        {
            await Command.RunAsync("umount", "-l", Path);
        }

        if (pid is not null)
        {
            await EndAsync(pid.Value);
        }
    }

    // An unmounted client ends by itself; one that could not connect may not.
    private static async Task EndAsync(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // Gone already.
        }
    }

    [GeneratedRegex("\"Creation_time\": ([0-9.]+)")]
    private static partial Regex CreationTime();
}
