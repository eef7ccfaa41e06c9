using System.Globalization;
using System.Text.RegularExpressions;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>
/// Every command where the system does not let it: as nobody, with a read-only root, on a full disk. One line, the right exit
/// code, and an end.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class SystemRefusalTests : IntegrationTest
{
    private const int Usage = 2;
    private const int VolfileRefused = 3;
    private const int DirectoryRefused = 4;
    private const int PortUnavailable = 5;
    private const int PeerUnreachable = 7;
    private const int PeerRefused = 8;
    private const int PoolRefused = 11;
    private const int SystemRefused = 12;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private string _root = "";
    private string _volfile = "";
    private string _socket = "";
    private string _unit = "";
    private int _port;
    private PoolHarness? _pools;

    private PoolHarness Pools => _pools ??= PoolHarness.Create(Workspace);

    [Fact]
    public async Task As_nobody()
    {
        await CreatePoolAsync();
        File.SetUnixFileMode(Workspace.Path(), (UnixFileMode)0b111_101_101);
        await CheckAllAsync(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], command => command switch
        {
            "unit" or "heal-daemon" or "unit install" => VolfileRefused,
            "gateway" => PortUnavailable,
            "options" or "unit remove" or "volfile get" or "volfile servers" => 0,
            "volfile watch" or "top" or "drain" or "stop" => PeerUnreachable,
            _ => SystemRefused,
        });
    }

    [Fact]
    public async Task With_a_read_only_root()
    {
        await CreatePoolAsync();
        await CheckAllAsync(["unshare", "--mount", "sh", "-c", "mount -o bind,remount,ro / && exec \"$@\"", "sh"],
            command => command is "pool heal info" or "pool heal split-brain" ? PoolRefused : OnBrokenDisk(command)); // glfsheal wants a log of its own in /var/log/glusterfs.

        // Stopped all the same.
        Assert.All(await Pools.ProcessesAsync("p"), Assert.Null);
    }

    [Fact]
    public async Task On_a_full_disk()
    {
        _root = Workspace.Create("root");
        await Command.MustAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _root);
        Workspace.Own(new Mount(_root));
        await CreatePoolAsync();
        Command filled = await Command.RunAsync("dd", "if=/dev/zero", $"of={_root}/fill", "bs=4k");
        Assert.Contains("No space left", filled.Error, StringComparison.Ordinal);
        await CheckAllAsync([], command => command == "put-volfile" ? PeerRefused : OnBrokenDisk(command));
        Assert.All(await Pools.ProcessesAsync("p"), Assert.Null);
    }

    [Theory]
    [InlineData("pool", "status")]
    [InlineData("options")]
    [InlineData("--help")]
    public async Task Where_nothing_more_can_be_printed(params string[] arguments)
    {
        await CreatePoolAsync();
        Command refused =
            await Command.RunAsync(
                "sh", new Dictionary<string, string> { ["KADALU_FSD_ROOT"] = Pools.Root },
                ["-c", "\"$@\" > /dev/full", "sh", Workspace.Program, .. arguments]);
        Assert.Contains(refused.ExitCode, new[] { PoolRefused, SystemRefused });
        Assert.True(
            refused.Error.StartsWith("kadalu-fsd: No space left on device", StringComparison.Ordinal) &&
            refused.Error.Count(character => character == '\n') == 1, refused.Error);
    }

    [Fact]
    public async Task A_unit_whose_files_cannot_be_written()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string full = Workspace.Create("full");
        await Command.MustAsync("mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=1", "tmpfs", full);
        Workspace.Own(new Mount(full));
        foreach (string option in (string[])["--pid-file", "--access-log", "--control", "--socket", "--log"])
        {
            Command refused = await Command.RunAsync(
                Workspace.Program,
                ["unit", "--volfile", unit.Volfile, "--port", unit.Port.ToString(CultureInfo.InvariantCulture),
                    .. option == "--log" ? Array.Empty<string>() : ["--log", Workspace.Path("u.log")], option,
                    Path.Combine(full, "f")]);
            AssertRefused(option, refused, SystemRefused);
        }
    }

    private static int OnBrokenDisk(string command) => command switch
    {
        "unit" => DirectoryRefused,
        "heal-daemon" or "gateway" or "agent" => PortUnavailable,
        "unit install" or "pool mount" => Usage,
        "volfile watch" or "top" or "drain" or "stop" => PeerUnreachable,
        "pool create" or "pool start" or "pool stop" or "pool set" or "pool reset" or "pool export nfs" or "pool export smb" =>
            SystemRefused,
        "pool delete" or "pool heal resolve" or "pool replace-unit" => PoolRefused,
        _ => 0,
    };

    private async Task CreatePoolAsync()
    {
        await Pools.CreateAsync("p", "mirror", "units:2");
        _root = Pools.Root;
        _unit = Pools.Units("p", 2)[0];
        _volfile = Directory.GetFiles(Path.Combine(_root, "var/lib/kadalu/volfiles"), "p.*u1.vol").Single();
        _socket = Directory.GetFiles(Path.Combine(_root, "run/kadalu"), "p.*u1.control.sock").Single();
        _port = (int)(await Pools.StatusAsync("p"))["units"]![0]!["port"]!;
        await File.WriteAllTextAsync(
            Workspace.Path("new.vol"), await File.ReadAllTextAsync(Path.Combine(_root, "var/lib/kadalu/volfiles/p.vol")) + "\n");
    }

    // The whole tree of commands, as the program itself tells it. Those that change the pool come last.
    private async Task CheckAllAsync(string[] before, Func<string, int> expected)
    {
        string[] last = ["pool stop", "pool delete"];
        List<string> commands = [.. (await ListAsync([])).OrderBy(command => Array.IndexOf(last, command))];
        Assert.Contains("pool heal split-brain", commands);
        foreach (string command in commands)
        {
            string[] arguments = [.. command.Split(' '), .. ArgumentsOf(command)];
            string[] line = [.. before, Workspace.Program, .. arguments];
            Command done =
                await Command.RunAsync(
                    "timeout", new Dictionary<string, string> { ["KADALU_FSD_ROOT"] = _root },
                    [s_limit.TotalSeconds.ToString(CultureInfo.InvariantCulture), .. line]);
            if (expected(command) == 0)
            {
                Assert.True(done.ExitCode == 0, $"{command}: {done.ExitCode}: {done.Error}");
            }
            else
            {
                AssertRefused(command, done, expected(command));
            }
        }
    }

    private static void AssertRefused(string what, Command done, int code) => Assert.True(
        done.ExitCode == code && done.Error.StartsWith("kadalu-fsd: ", StringComparison.Ordinal) &&
        done.Error.TrimEnd('\n').Split('\n').Length == 1 && !done.Error.Contains("   at ", StringComparison.Ordinal),
        $"{what}: exit code {done.ExitCode} instead of {code}, or not one line: {done.Error}");

    private static async Task<List<string>> ListAsync(string[] path)
    {
        string help = await Command.MustAsync(Workspace.Program, [.. path, "--help"]);
        var found = new List<string>();
        Match section = Regex.Match(help, @"\nCommands:\n((  .*\n)+)");
        if (path.Length > 0 && (!section.Success || path is ["unit"]))
        {
            found.Add(string.Join(' ', path));
        }

        foreach (
            string name in section.Groups[1].Value.Split('\n')
            .Where(line => Regex.IsMatch(line, "^  [a-z]")).Select(line => line.Trim().Split(' ')[0]))
        {
            found.AddRange(await ListAsync([.. path, name]));
        }

        return found;
    }

    private string[] ArgumentsOf(string command) => command switch
    {
        "unit" => ["--volfile", _volfile, "--port", "24990", "--predecessor-timeout", "0.1", "--log", Workspace.Path("none.log")],
        "unit install" => ["x", "--root", _root, "--volfile", _volfile, "--port", "24990"],
        "unit remove" => ["x", "--root", _root],
        "heal-daemon" =>
            ["--pool", "p", "--volfile", Path.Combine(_root, "var/lib/kadalu/volfiles/shd.p.vol"), "--control",
                Path.Combine(_root, "run/kadalu/shd.p.control.sock"), "--predecessor-timeout", "0.1"],
        "gateway" => ["--listen", $"127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}"],
        "agent" => ["--control", _socket],
        "volfile watch" => ["127.0.0.1:1", "p"],
        "volfile get" or "volfile servers" => [$"127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}", "p"],
        "options" => ["quorum"],
        "top" or "drain" or "stop" => [Workspace.Path("none.sock")],
        "put-volfile" => [_socket, "p", Workspace.Path("new.vol")],
        "pool create" => ["q", Path.Combine(Workspace.Path("units"), "q"), "--root-partition"],
        "pool mount" => ["p", Workspace.Path("none")],
        "pool set" => ["p", "diagnostics.brick-log-level", "DEBUG"],
        "pool export nfs" => ["p", "--pool-servers"],
        "pool heal resolve" => ["p", "/none", "--latest-mtime"],
        "pool replace-unit" => ["p", "elsewhere:/none", "--same-path"],
        _ when command.StartsWith("pool ", StringComparison.Ordinal) => ["p"],
        _ => [_socket],
    };

    private sealed class Mount(string path) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Command.RunAsync("umount", "-l", path);
    }
}
