using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>Samba's smbd as Debian ships it, for guests, who are root.</summary>
internal sealed class Samba : IAsyncDisposable
{
    private readonly Process _process;

    private Samba(Process process, string configuration, int port) =>
        (_process, Configuration, Port) = (process, configuration, port);

    /// <summary>Its smb.conf.</summary>
    internal string Configuration { get; }

    internal int Port { get; }

    /// <summary>Starts it on a node with pools, with the shares that pool commands make.</summary>
    internal static Task<Samba> StartForAsync(Workspace workspace, PoolHarness pools) => StartAsync(
        workspace, $"    include = {Path.Combine(pools.Root, "etc/samba/kadalu.conf")}", Path.Combine(pools.Root, "etc/samba/smb.conf"),
        Directory.CreateDirectory(Path.Combine(pools.Root, "run/samba")).FullName);

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="shares">What its configuration says after the global section.</param>
    internal static Task<Samba> StartAsync(Workspace workspace, string shares) =>
        StartAsync(workspace, shares, workspace.Path("smb.conf"), workspace.Create("samba", "run"));

    private static async Task<Samba> StartAsync(Workspace workspace, string shares, string configuration, string run)
    {
        int port = Ports.Free();
        await File.WriteAllTextAsync(
            configuration,
            $"""
            [global]
                server role = standalone server
                smb ports = {port}
                interfaces = 127.0.0.1/8
                bind interfaces only = yes
                private dir = {workspace.Create("samba", "private")}
                lock directory = {workspace.Create("samba", "lock")}
                state directory = {workspace.Create("samba", "state")}
                cache directory = {workspace.Create("samba", "cache")}
                pid directory = {run}
                ncalrpc dir = {workspace.Create("samba", "ncalrpc")}
                log file = {workspace.Path("samba", "log")}
                logging = file
                map to guest = bad user
                guest account = root
                guest ok = yes
                load printers = no
                disable spoolss = yes

            {shares}

            """);
        Process process = Command.Start("smbd", ["-F", "--no-process-group", "-s", configuration]);
        Samba started = workspace.Own(new Samba(process, configuration, port));
        await Until.SeesAsync(
            "smbd lists its shares",
            () => Command.RunAsync("smbclient", [.. started.Client, "-L", "127.0.0.1"]), listed => listed.ExitCode == 0,
            () => File.ReadAllText(workspace.Path("samba", "log")));
        return started;
    }

    /// <summary>A share of a pool.</summary>
    internal static string Share(string pool, string servers, string log) => $"""
        [{pool}]
            path = /
            read only = no
            kernel share modes = no
            vfs objects = glusterfs
            glusterfs:volume = {pool}
            glusterfs:volfile_server = {servers}
            glusterfs:logfile = {log}
        """;

    /// <summary>Where native/clients finds a share.</summary>
    internal string TargetOf(string share) => $"smb://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}/{share}";

    /// <summary>Gives smbclient commands for a share.</summary>
    internal Task<Command> RunAsync(string share, string commands) =>
        Command.RunAsync("smbclient", [.. Client, $"//127.0.0.1/{share}", "-c", commands]);

    /// <summary>Gives smbclient commands for a share, which must succeed.</summary>
    internal Task<string> MustAsync(string share, string commands) =>
        Command.MustAsync("smbclient", [.. Client, $"//127.0.0.1/{share}", "-c", commands]);

    // A process for each client is what it starts.
    public ValueTask DisposeAsync() => Command.EndAsync(_process, withChildren: true);

    private string[] Client => ["-s", Configuration, "-p", Port.ToString(CultureInfo.InvariantCulture), "-N"];
}
