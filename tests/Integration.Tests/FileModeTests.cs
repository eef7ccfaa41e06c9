using System.Globalization;
using System.Text.RegularExpressions;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>
/// The modes of everything that the program makes outside of units' directories, whatever the umask is under which it is started.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class FileModeTests : IntegrationTest
{
    // Paths below the workspace, and the mode each must have. What is in no line, and a line that fits nothing, fails the test.
    private static readonly (string Path, string Mode)[] s_pools =
    [
        ("root/var", "755"),
        ("root/var/lib", "755"),
        ("root/var/lib/kadalu", "755"),
        ("root/var/lib/kadalu/node-(id|name)", "644"),
        ("root/var/lib/kadalu/(cluster|generations)", "755"),
        ("root/var/lib/kadalu/cluster/(membership|nodes)\\.json", "600"),
        ("root/var/lib/kadalu/generations/[0-9a-f-]+", "600"),
        ("root/var/lib/kadalu/manager", "700"),
        ("root/var/lib/kadalu/manager/state\\.db(-shm|-wal)?", "600"),
        ("root/var/lib/kadalu/pools", "700"),
        ("root/var/lib/kadalu/pools/p\\.json", "600"),
        ("root/var/lib/kadalu/volfiles", "755"),
        ("root/var/lib/kadalu/volfiles/(shd\\.)?p(\\.[a-z0-9-]+\\..*)?\\.vol", "600"),
        ("root/var/lib/kadalu/volfiles/p\\.[a-z0-9-]+\\..*\\.unit", "600"),
        ("root/var/log", "755"),
        ("root/var/log/kadalu", "755"),
        ("root/var/log/kadalu/(storage_units|shd)", "755"),
        ("root/var/log/kadalu/storage_units/p\\.[a-z0-9-]+\\..*\\.log", "600"),
        ("root/var/log/kadalu/shd/shd\\.p\\.log", "600"),
        ("root/var/log/kadalu/mount\\.p\\..*\\.log", "600"),
        ("root/var/log/kadalu/(agent|manager)\\.log", "640"),
        ("root/run", "755"),
        ("root/run/kadalu", "755"),
        ("root/run/kadalu/changes", "755"),
        ("root/run/kadalu/changes/p(\\.step)?", "700"),
        ("root/run/kadalu/(agent|manager)\\.sock", "660"),
        ("root/run/kadalu/(shd\\.p|p\\.[a-z0-9-]+\\..*)\\.pid", "644"),
        ("root/run/kadalu/(shd\\.p|p\\.[a-z0-9-]+\\..*)\\.json", "644"),
        ("root/run/kadalu/(shd\\.p|p\\.[a-z0-9-]+\\..*)\\.control\\.sock", "660"),
        ("root/run/kadalu/(shd\\.p|p\\.[a-z0-9-]+\\..*)\\.last-run", "640"),
        ("root/run/kadalu/p\\.[a-z0-9-]+\\..*\\.crash-report", "640"),
        ("units/p/u[12]", "755"),
    ];

    private static readonly (string Path, string Mode)[] s_processes =
    [
        ("run", "755"),
        ("run/u\\.pid", "644"),
        ("run/u\\.control\\.sock", "660"),
        ("run/u\\.last-run", "640"),
        ("run/gateway\\.sock", "660"),
        ("long", "755"),
        ("long/x+\\.sock", "660"),
        ("long/[0-9a-f]{16}\\.socket", "660"),
        ("log", "755"),
        ("log/(u|gateway)\\.access(\\.1)?", "640"),
        ("log/u(\\.1)?", "600"),
        ("log/gateway(\\.1)?", "640"),
        ("etc", "755"),
        ("etc/etc", "755"),
        ("etc/etc/kadalu-fsd", "755"),
        ("etc/etc/kadalu-fsd/u\\.json", "644"),
        ("etc/etc/systemd", "755"),
        ("etc/etc/systemd/system", "755"),
        ("etc/etc/systemd/system/kadalu-fsd@u\\.(service|socket)\\.d", "755"),
        ("etc/etc/systemd/system/kadalu-fsd@u\\.(service|socket)\\.d/(unit|listen)\\.conf", "644"),
        ("volfiles/pool1\\.vol", "600"),
    ];

    [Theory]
    [LongData("000")]
    [LongData("022")]
    [InlineData("077")]
    public async Task A_pool_s(string umask)
    {
        var pools = PoolHarness.Create(Workspace, through: Under(umask));
        string[] units = pools.Units("p", 2);
        await MustAsync(pools.TryAsync(["create", "p", "mirror", .. units, "--same-node", "--root-partition"]));
        await MustAsync(pools.TryAsync("set", "p", "diagnostics.brick-log-level", "WARNING"));
        FuseMount mount = FuseMount.Expect(Workspace);
        await MustAsync(pools.TryAsync("mount", "p", mount.Path));
        await File.WriteAllTextAsync(mount.In("file"), "x");

        // One crashes, and is started again; one is stopped in good order.
        int?[] processes = await pools.ProcessesAsync("p");
        await Command.MustAsync("kill", "-SEGV", processes[0]!.Value.ToString(CultureInfo.InvariantCulture));
        await Until.SeesAsync<int?>(
            "the unit that was told to crash is gone", async () => (await pools.ProcessesAsync("p"))[0], unit => unit is null);
        await MustAsync(pools.TryAsync("start", "p"));
        Check(s_pools, "root", "units/p");
        await MustAsync(pools.TryAsync("stop", "p"));

        // One does not start. As soon as its directory were back, it would be started, and nothing was wrong any more.
        Directory.Move(units[0], units[0] + "-away");
        Assert.NotEqual(0, (await pools.TryAsync("start", "p")).ExitCode);
        await MustAsync(pools.TryAsync("stop", "p"));
        Directory.Move(units[0] + "-away", units[0]);
        Check(
            [.. s_pools.Where(
                line => !line.Path.EndsWith(".pid", StringComparison.Ordinal) && !line.Path.EndsWith(
                    "control\\.sock", StringComparison.Ordinal)), ("root/run/kadalu/p\\.[a-z0-9-]+\\..*\\.last-failure", "640")],
            "root", "units/p");
    }

    [Theory]
    [InlineData("000")]
    [LongData("022")]
    [InlineData("077")]
    public async Task A_unit_s_and_a_gateway_s(string umask)
    {
        string[] before = Under(umask);
        UnitDefinition unit = await CreateUnitAsync();
        string control = Workspace.Path("run", "u.control.sock");
        string local = Workspace.Path("long", new string('x', 100) + ".sock");
        UnitProcess process = await UnitProcess.StartAsync(
            Workspace, before[0],
            [.. before[1..], Workspace.Program, "unit", "--volfile", unit.Volfile, "--port",
                unit.Port.ToString(CultureInfo.InvariantCulture), "--volfiles", Workspace.Path("volfiles"),
            "--control", control, "--pid-file", Workspace.Path("run", "u.pid"), "--socket", local, "--access-log",
            Workspace.Path("log", "u.access")], Workspace.Path("log", "u"));
        int gatewayPort = Ports.Free();
        UnitProcess gateway = await UnitProcess.StartAsync(
            Workspace, before[0],
            [.. before[1..], Workspace.Program, "gateway", "--volfiles", Workspace.Path("volfiles"), "--listen",
                $"127.0.0.1:{gatewayPort.ToString(CultureInfo.InvariantCulture)}",
            "--socket", Workspace.Path("run", "gateway.sock"), "--access-log",
            Workspace.Path("log", "gateway.access")], Workspace.Path("log", "gateway"));

        // Logs are rotated under them.
        await FetchAsync(unit.Port, gatewayPort);
        foreach ((UnitProcess running, string name) in new[] { (process, "u"), (gateway, "gateway") })
        {
            await Until.SoAsync(
                $"{name}.access has a line",
                () => new FileInfo(Workspace.Path("log", name + ".access")) is { Exists: true, Length: > 0 },
                () => running.LogText);
            File.Move(Workspace.Path("log", name + ".access"), Workspace.Path("log", name + ".access.1"));
            File.Move(Workspace.Path("log", name), Workspace.Path("log", name + ".1"));
            await running.SignalAsync("HUP");
            await Until.SoAsync(
                $"the log {name} is opened anew", () => File.Exists(Workspace.Path("log", name)), () => LogsIn("log"));
        }

        await FetchAsync(unit.Port, gatewayPort);
        await Until.SoAsync(
            "both access logs are opened anew",
            () => File.Exists(Workspace.Path("log", "u.access")) && File.Exists(Workspace.Path("log", "gateway.access")),
            () => LogsIn("log"));

        // What is there with a mode of its own keeps it, but that not everybody may write to it.
        string volfile = Workspace.Path("volfiles", "pool1.vol");
        File.SetUnixFileMode(volfile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        await File.WriteAllTextAsync(Workspace.Path("new.vol"), await File.ReadAllTextAsync(volfile) + "\n");
        await MustAsync(
            Command.RunAsync(
                before[0], [.. before[1..], Workspace.Program, "put-volfile", control, "pool1", Workspace.Path("new.vol")]));
        await MustAsync(Command.RunAsync(
            before[0],
            [.. before[1..], Workspace.Program, "unit", "install", "u", "--root", Workspace.Path("etc"), "--volfile",
                unit.Volfile, "--port", "24299"]));
        Check(s_processes, "run", "long", "log", "etc", "volfiles");
        Assert.Equal(0, await process.StopAsync());
        Assert.Equal(0, await gateway.StopAsync());
    }

    [Fact]
    public async Task What_an_earlier_version_left_open_to_everybody_is_closed()
    {
        UnitDefinition unit = await CreateUnitAsync();
        const UnixFileMode Everything = (UnixFileMode)0b111_111_111;
        string[] files = [Workspace.Path("run", "u.pid"), Workspace.Path("run", "u.last-run"), Workspace.Path("log", "u.access")];
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!, Everything);
            File.SetUnixFileMode(Path.GetDirectoryName(file)!, Everything);
            await File.WriteAllTextAsync(file, "");
            File.SetUnixFileMode(file, Everything);
        }

        // Somebody who has it open keeps what he has open, and that is nobody's any more.
        await using var held = new FileStream(files[0], FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        UnitProcess process = await UnitProcess.StartAsync(
            Workspace, unit, "--pid-file", files[0], "--control", Workspace.Path("run", "u.control.sock"), "--access-log",
            files[2]);
        held.SetLength(0);
        Assert.Equal($"{process.Id}\n", await File.ReadAllTextAsync(files[0]));
        Assert.Equal(["644", "640", "755"], files.Select(ModeOf));
        Assert.Equal(["755", "755"], new[] { "run", "log" }.Select(name => ModeOf(Workspace.Path(name))));
    }

    private static string[] Under(string umask) => ["sh", "-c", $"umask {umask}; exec \"$@\"", "sh"];

    private static string ModeOf(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);

    private static async Task MustAsync(Task<Command> running)
    {
        Command command = await running;
        Assert.True(command.ExitCode == 0, $"exit code {command.ExitCode}: {command.Error}{command.Output}");
    }

    private static async Task FetchAsync(params int[] ports)
    {
        foreach (int port in ports)
        {
            await Command.MustAsync(
                Workspace.Program, "volfile", "get", $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "pool1");
        }
    }

    // Of what the tests themselves have made, only what is listed is looked at; of units' directories, only the directory.
    private string LogsIn(string directory) => string.Join(' ', Directory.GetFiles(Workspace.Path(directory)));

    private void Check((string Path, string Mode)[] expected, params string[] below)
    {
        var unseen = expected.Select(line => line.Path).ToHashSet();
        var wrong = new List<string>();
        foreach (
            string path in below.SelectMany(
                top => Directory.EnumerateFileSystemEntries(Workspace.Path(top), "*", new EnumerationOptions
                {
                    RecurseSubdirectories = !top.StartsWith("units", StringComparison.Ordinal),
                    AttributesToSkip = FileAttributes.None,
                }).Append(Workspace.Path(top))))
        {
            string name = Path.GetRelativePath(Workspace.Path(), path);
            (string Path, string Mode)[] lines = [.. expected.Where(line => Regex.IsMatch(name, $"^{line.Path}$"))];
            if (lines is [var line])
            {
                unseen.Remove(line.Path);
                wrong.AddRange(ModeOf(path) == line.Mode ? [] : [$"{name}: {ModeOf(path)} instead of {line.Mode}"]);
            }
            else if (!below.Contains(name))
            {
                wrong.Add($"{name}: {ModeOf(path)}, and {lines.Length} lines are about it");
            }
        }

        Assert.True(
            wrong.Count == 0 && unseen.Count == 0,
            $"wrong:\n  {string.Join("\n  ", wrong)}\nnot there:\n  {string.Join("\n  ", unseen)}");
    }
}
