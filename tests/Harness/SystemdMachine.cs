using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>
/// A systemd that manages services in namespaces of its own, with the project's templates; see tests/systemd.sh.
/// </summary>
internal sealed class SystemdMachine : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _id;
    private bool _isDisposed;

    private SystemdMachine(Process process, string id) => (_process, _id) = (process, id);

    /// <summary>Starts it. What an earlier one of the same name has changed in /etc and /var is there again.</summary>
    internal static async Task<SystemdMachine> StartAsync(Workspace workspace, string name = "machine")
    {
        Process process =
            Command.Start(Path.Combine(Workspace.Source, "tests", "systemd.sh"), [workspace.Create(name), Workspace.Program]);
        return workspace.Own(new SystemdMachine(process, await SeeAsync(process)));
    }

    /// <summary>Waits until the systemd of tests/systemd.sh runs.</summary>
    /// <param name="process">The script.</param>
    /// <returns>The id of systemd's process.</returns>
    internal static async Task<string> SeeAsync(Process process)
    {
        _ = process.StandardOutput.ReadToEndAsync();
        Task<string> words = process.StandardError.ReadToEndAsync();
        string id = "";
        await Until.SoAsync("systemd runs", async () =>
        {
            Assert.False(process.HasExited, process.HasExited ? await words : "");
            id = File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Trim();
            return id.Length > 0 &&
                (await Command.RunAsync("nsenter", "-t", id, "-a", "systemctl", "is-system-running")).Output.Trim() == "running";
        });
        return id;
    }

    /// <summary>Runs a program there.</summary>
    internal Task<Command> RunAsync(params string[] arguments) => Command.RunAsync("nsenter", ["-t", _id, "-a", .. arguments]);

    /// <summary>Runs a program there; it must succeed.</summary>
    internal async Task<string> MustAsync(params string[] arguments)
    {
        Command result = await RunAsync(arguments);
        Assert.True(
            result.ExitCode == 0, $"{string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.Error}{result.Output}");
        return result.Output;
    }

    /// <summary>Makes it a cluster of one node.</summary>
    internal async Task MakeClusterAsync()
    {
        await MustAsync("systemctl", "enable", "--now", "kadalu-fsd-agent");
        await MustAsync(ClusterMachine.Program, "cluster", "create");
    }

    /// <summary>Runs <c>kadalu pool</c> there.</summary>
    internal Task<Command> TryPoolAsync(params string[] arguments) => RunAsync([ClusterMachine.Program, "pool", .. arguments, "-y"]);

    /// <summary>Runs <c>kadalu pool</c> there; it must succeed.</summary>
    internal Task<string> PoolAsync(params string[] arguments) => MustAsync([ClusterMachine.Program, "pool", .. arguments, "-y"]);

    /// <summary>What systemd says of a unit of its own.</summary>
    internal async Task<string> ShowAsync(string unit, string property) =>
        (await MustAsync("systemctl", "show", "--value", "-p", property, unit)).Trim();

    /// <summary>Sends a signal to a service's process.</summary>
    internal async Task KillAsync(string service) => await MustAsync("kill", "-9", await ShowAsync(service, "MainPID"));

    /// <summary>Ends it all at once, as when the power fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        using (var first = Process.GetProcessById(int.Parse(_id, CultureInfo.InvariantCulture)))
        {
            first.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
