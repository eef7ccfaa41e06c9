using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>What systemd does with a unit, by stand-ins and by its own tools.</summary>
public sealed class ServiceManagerTests : IntegrationTest
{
    [Fact]
    public async Task It_is_told_how_the_unit_is_and_that_it_is_alive()
    {
        UnitDefinition unit = await CreateUnitAsync();
        using var notify = new NotifySocket(Workspace.Path("notify"));
        using Process process = Command.Start(Workspace.Program, Arguments(unit), new Dictionary<string, string>
        {
            ["NOTIFY_SOCKET"] = notify.Path,
            ["WATCHDOG_USEC"] = "200000",
        });
        string id = process.Id.ToString(CultureInfo.InvariantCulture);
        try
        {
            Assert.Equal($"READY=1 STATUS=serving {unit.Volfile} on port {unit.Port}", await NextAsync(notify));
            for (int times = 0; times < 3; times++)
            {
                Assert.Equal("WATCHDOG=1", await NextAsync(notify));
            }

            await Command.MustAsync("kill", "-HUP", id);
            Assert.Matches("^RELOADING=1 MONOTONIC_USEC=[0-9]+ STATUS=.+", await NextButAliveAsync(notify));
            Assert.StartsWith("READY=1", await NextButAliveAsync(notify), StringComparison.Ordinal);
            await Command.MustAsync("kill", "-TERM", id);
            Assert.StartsWith("STOPPING=1 STATUS=", await NextButAliveAsync(notify), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task While_a_unit_is_restarted_nobody_is_refused_when_the_service_manager_listens()
    {
        UnitDefinition unit = await CreateUnitAsync();
        using var notify = new NotifySocket(Workspace.Path("notify"));
        SocketHolder holder = SocketHolder.Create(Workspace, unit.Port, notify, [Workspace.Program, .. Arguments(unit)]);
        int pid = await holder.StartAsync();
        Assert.StartsWith("READY=1", await NextAsync(notify), StringComparison.Ordinal);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        using var over = new CancellationTokenSource();
        Task<int> connecting = ConnectUntilAsync(unit.Port, over.Token);
        for (int round = 0; round < 20; round++)
        {
            await Command.MustAsync("kill", "-TERM", pid.ToString(CultureInfo.InvariantCulture));
            Assert.StartsWith("STOPPING=1", await NextAsync(notify), StringComparison.Ordinal);
            Assert.Equal(0, await holder.EndAsync());
            pid = await holder.StartAsync();
            Assert.StartsWith("READY=1", await NextAsync(notify), StringComparison.Ordinal);
        }

        await over.CancelAsync();
        Assert.InRange(await connecting, 20, int.MaxValue);
        await Shared.Until.SeesAsync(
            "the mount can be written to", () => Command.RunAsync("touch", mount.In("file")), touched => touched.ExitCode == 0,
            () => mount.LogText);
    }

    [Fact]
    public async Task A_socket_of_systemd_s_is_served_and_IPv4_clients_are_known_by_their_own_addresses()
    {
        UnitDefinition unit = await UnitDefinition.CreateAsync(Workspace, "pool1", "u1");
        string volfile = await File.ReadAllTextAsync(unit.Volfile);
        await File.WriteAllTextAsync(
            unit.Volfile,
            volfile.Replace(
                $"option auth.addr.{unit.Directory}.allow *", $"option auth.addr.{unit.Directory}.allow 127.0.0.1",
                StringComparison.Ordinal));
        await WriteVolfileAsync("pool1", ClientVolfile.Single(unit, "127.0.0.1"));
        using var notify = new NotifySocket(Workspace.Path("notify"));
        using Process process = Command.Start(
            "systemd-socket-activate",
            ["-E", $"NOTIFY_SOCKET={notify.Path}", "-l", unit.Port.ToString(CultureInfo.InvariantCulture), Workspace.Program,
                .. Arguments(unit)]);
        try
        {
            await ConnectAsync(unit.Port);
            Assert.StartsWith("READY=1", await NextAsync(notify), StringComparison.Ordinal);
            FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
            await File.WriteAllTextAsync(mount.In("file"), "x");
            Assert.DoesNotContain("::ffff", await File.ReadAllTextAsync(Workspace.Path("unit.log")), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task A_socket_that_the_unit_is_not_to_listen_on_ends_the_start()
    {
        UnitDefinition unit = await CreateUnitAsync();
        int other = Ports.Free();
        using Process process = Command.Start(
            "systemd-socket-activate",
            ["-l", other.ToString(CultureInfo.InvariantCulture), Workspace.Program, .. Arguments(unit)]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        await ConnectAsync(other);
        await process.WaitForExitAsync(new CancellationTokenSource(Patience.Limit).Token);
        Assert.Equal(2, process.ExitCode);
        Assert.Contains($":{other}, where this process does not listen", await error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_installed_for_a_unit_is_what_systemd_expects_and_what_the_unit_starts_with()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string root = Workspace.Create("root");
        string systemd = Path.Combine(root, "etc", "systemd", "system");
        Directory.CreateDirectory(systemd);
        string told =
            await Command.MustAsync(Workspace.Program, ["unit", "install", "pool1.u1", "--root", root, .. Arguments(unit)[1..]]);
        Assert.Equal(
            "systemctl daemon-reload && systemctl enable --now kadalu-fsd@pool1.u1.socket kadalu-fsd@pool1.u1.service\n", told);
        Assert.Contains(
            $"RequiresMountsFor=\"{unit.Directory}\"",
            await File.ReadAllTextAsync(Path.Combine(systemd, "kadalu-fsd@pool1.u1.service.d", "unit.conf")),
            StringComparison.Ordinal);

        // Where the program is does not matter to the check, as long as it is somewhere.
        foreach (string template in Directory.GetFiles(Path.Combine(Workspace.Source, "packaging", "systemd")))
        {
            string text = await File.ReadAllTextAsync(template);
            string name = Path.GetFileName(template);
            await File.WriteAllTextAsync(
                Path.Combine(systemd, name),
                text.Replace("/usr/lib/kadalu-fsd", Path.GetDirectoryName(Workspace.Program), StringComparison.Ordinal));
        }

        Command verified = await Command.RunAsync(
            "env", $"SYSTEMD_UNIT_PATH={systemd}:", "systemd-analyze", "verify", "kadalu-fsd@pool1.u1.service",
            "kadalu-fsd@pool1.u1.socket", "kadalu-fsd-gateway.service", "kadalu-fsd-heal-daemon@pool1.service",
            "kadalu-fsd-agent.service", "kadalu-manager.service");
        Assert.Equal((0, "", ""), (verified.ExitCode, verified.Output, verified.Error));

        using var notify = new NotifySocket(Workspace.Path("notify"));
        using Process process = Command.Start(
            Workspace.Program, ["unit", "--config", Path.Combine(root, "etc", "kadalu-fsd", "pool1.u1.json")],
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = notify.Path });
        try
        {
            Assert.StartsWith("READY=1", await NextAsync(notify), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        await Command.MustAsync(Workspace.Program, "unit", "remove", "pool1.u1", "--root", root);
        Assert.Equal(
            "kadalu-fsd@pool1.u1.service is not installed\n",
            await Command.MustAsync(Workspace.Program, "unit", "remove", "pool1.u1", "--root", root));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories), path =>
            path.Contains("pool1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a b")]
    [InlineData("a/b")]
    public async Task A_name_that_would_lead_elsewhere_is_refused(string name)
    {
        UnitDefinition unit = await CreateUnitAsync();
        Command result = await Command.RunAsync(
            Workspace.Program, ["unit", "install", name, "--root", Workspace.Create("root"), .. Arguments(unit)[1..]]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"\"{name}\" is no name for a unit", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Workspace.Create("root")));
    }

    private string[] Arguments(UnitDefinition unit) =>
    [
        "unit", "--volfile", unit.Volfile, "--port", unit.Port.ToString(CultureInfo.InvariantCulture),
        "--volfiles", Workspace.Create("volfiles"), "--log", Workspace.Path("unit.log"),
    ];

    private static async Task<string> NextAsync(NotifySocket notify)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        return (await notify.ReceiveAsync(limit.Token)).Replace('\n', ' ');
    }

    private static async Task<string> NextButAliveAsync(NotifySocket notify)
    {
        string next;
        do
        {
            next = await NextAsync(notify);
        }
        while (next == "WATCHDOG=1");
        return next;
    }

    // Whoever is not there yet is waited for.
    private static async Task ConnectAsync(int port)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }

    private static async Task<int> ConnectUntilAsync(int port, CancellationToken over)
    {
        int connected = 0;
        for (; !over.IsCancellationRequested; connected++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                LingerState = new LingerOption(true, 0)
            };
            await socket.ConnectAsync(IPAddress.Loopback, port);
        }

        return connected;
    }
}
