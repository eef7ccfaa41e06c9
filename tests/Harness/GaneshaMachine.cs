using System.Diagnostics;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>What NFS-Ganesha needs around it: rpcbind, without which it has no NFS version 3, and D-Bus, by which it is told of exports.</summary>
internal sealed class GaneshaMachine : IAsyncDisposable
{
    private readonly List<Process> _started = [];

    private GaneshaMachine(MountNamespace space, string busAddress) => (Namespace, BusAddress) = (space, busAddress);

    /// <summary>Its own mounts: rpcbind's socket has a fixed place in /run.</summary>
    internal MountNamespace Namespace { get; }

    internal string BusAddress { get; }

    internal static async Task<GaneshaMachine> StartAsync(Workspace workspace, bool hasBus)
    {
        string bus = workspace.Path("bus");
        var machine = workspace.Own(new GaneshaMachine(await MountNamespace.CreateAsync(workspace), $"unix:path={bus}"));
        await machine.Namespace.MustAsync("mount", "-t", "tmpfs", "tmpfs", "/run");
        await machine.Namespace.MustAsync("mkdir", "/run/rpcbind", "/run/ganesha");
        machine._started.Add(machine.Namespace.Start(new Dictionary<string, string>(), "rpcbind", "-f"));
        await Until.SoAsync(
            "rpcbind listens", async () => (await machine.Namespace.RunAsync("test", "-S", "/run/rpcbind.sock")).ExitCode == 0);
        if (hasBus)
        {
            await machine.StartBusAsync(workspace, bus);
        }

        return machine;
    }

    // The machine's own configuration raises a limit, which a container may forbid.
    private async Task StartBusAsync(Workspace workspace, string bus)
    {
        string configuration = workspace.Path("bus.conf");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
              "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <listen>unix:path={bus}</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
              </policy>
            </busconfig>
            """);
        _started.Add(Command.Start("dbus-daemon", [$"--config-file={configuration}", "--nofork", "--nopidfile"]));
        await Until.SoAsync("D-Bus listens", () => File.Exists(bus));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _started)
        {
            await Command.EndAsync(process);
        }
    }
}
