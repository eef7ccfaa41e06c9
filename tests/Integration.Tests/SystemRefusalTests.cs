using System.Globalization;
using System.Text.Json.Nodes;
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

    private static readonly string s_kadalu = Path.Combine(Path.GetDirectoryName(Workspace.Program)!, "kadalu");

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private string _root = "";
    private string _volfile = "";
    private string _definition = "";
    private string _socket = "";
    private int _port;
    private PoolHarness? _pools;

    private PoolHarness Pools => _pools ??= PoolHarness.Create(Workspace);

    [Fact]
    public async Task As_nobody()
    {
        await CreatePoolAsync();
        File.SetUnixFileMode(Workspace.Path(), (UnixFileMode)0b111_101_101);
        string[] asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        await CheckStepsAsync(asNobody);
        Command refused = await Command.RunAsync(
            asNobody[0], new Dictionary<string, string> { ["KADALU_FSD_ROOT"] = _root }, [.. asNobody[1..], s_kadalu, "pool", "list"]);
        Assert.Equal(SystemRefused, refused.ExitCode);
        Assert.StartsWith("kadalu: ", refused.Error, StringComparison.Ordinal);
        await CheckAllAsync(asNobody, command => command switch
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
        string[] readOnly = ["unshare", "--mount", "sh", "-c", "mount -o bind,remount,ro / && exec \"$@\"", "sh"];
        await CheckAllAsync(readOnly, OnBrokenDisk);
        await CheckStepsAsync(readOnly);

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
        await CheckStepsAsync([]);
        Assert.All(await Pools.ProcessesAsync("p"), Assert.Null);
    }

    [Theory]
    [InlineData("kadalu", "pool", "status")]
    [InlineData("kadalu", "pool", "status", "--json")]
    [InlineData("kadalu-fsd", "options")]
    [InlineData("kadalu-fsd", "--help")]
    public async Task Where_nothing_more_can_be_printed(string program, params string[] arguments)
    {
        await CreatePoolAsync();
        Command refused =
            await Command.RunAsync(
                "sh", new Dictionary<string, string> { ["KADALU_FSD_ROOT"] = Pools.Root },
                ["-c", "\"$@\" > /dev/full", "sh", Path.Combine(Path.GetDirectoryName(Workspace.Program)!, program), .. arguments]);
        Assert.Contains(refused.ExitCode, new[] { PoolRefused, SystemRefused });
        Assert.True(
            refused.Error.StartsWith($"{program}: No space left on device", StringComparison.Ordinal) &&
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
        "unit install" => Usage,
        "volfile watch" or "top" or "drain" or "stop" => PeerUnreachable,
        _ => 0,
    };

    private async Task CreatePoolAsync()
    {
        await Pools.CreateAsync("p", "mirror", "units:2");
        _root = Pools.Root;
        _definition = await File.ReadAllTextAsync(Pools.DefinitionOf("p"));
        _volfile = Directory.GetFiles(Path.Combine(_root, "var/lib/kadalu/volfiles"), "p.*u1.vol").Single();
        _socket = Directory.GetFiles(Path.Combine(_root, "run/kadalu"), "p.*u1.control.sock").Single();
        _port = (int)(await Pools.StatusAsync("p"))["units"]![0]!["port"]!;
        await File.WriteAllTextAsync(
            Workspace.Path("new.vol"), await File.ReadAllTextAsync(Path.Combine(_root, "var/lib/kadalu/volfiles/p.vol")) + "\n");
    }

    // What an agent has a node do; the last one ends what runs of the pool.
    private async Task CheckStepsAsync(string[] before)
    {
        JsonObject definition = JsonNode.Parse(_definition)!.AsObject();
        definition.Remove("local");
        definition.Remove("digest");
        var terms = new JsonObject { ["mayShareNodes"] = true, ["mayBeOnRoot"] = true, ["existing"] = "refuse" };
        JsonObject other = definition.DeepClone().AsObject();
        (other["name"], other["id"]) = ("q", Guid.NewGuid().ToString());
        other["distribute_groups"]![0]!["storage_units"]!.AsArray().RemoveAt(1);
        (other["distribute_groups"]![0]!["storage_units"]![0]!["path"], other["port"]) = (Workspace.Path("units", "q"), Ports.Free());
        other["distribute_groups"]![0]!["storage_units"]![0]!["port"] = Ports.Free();
        other["distribute_groups"]![0]!.AsObject().Remove("replica_count");
        JsonObject changed = definition.DeepClone().AsObject();
        changed["options"] = new JsonObject { ["diagnostics.brick-log-level"] = "DEBUG" };
        changed["revision"] = 99;
        JsonObject[] steps =
        [
            new() { ["do"] = "create", ["definition"] = other, ["terms"] = terms },
            new()
            {
                ["do"] = "change", ["definition"] = changed,
                ["terms"] = new JsonObject { ["restart"] = false, ["mayDisturbExports"] = false },
            },
            new() { ["do"] = "start", ["mayDisturbExports"] = false },
            new() { ["do"] = "delete" },
            new() { ["do"] = "stop" },
        ];
        foreach (JsonObject step in steps)
        {
            JsonObject pool = step["do"]!.ToString() == "create" ? other : definition;
            (step["pool"], step["poolId"]) = ((string)pool["name"]!, (string)pool["id"]!);
            step["turn"] = new JsonObject { ["generation"] = 1000, ["task"] = Guid.NewGuid().ToString(), ["stage"] = 1 };
            Command done = await Command.RunAsync(
                "timeout", new Dictionary<string, string> { ["KADALU_FSD_ROOT"] = _root },
                [s_limit.TotalSeconds.ToString(CultureInfo.InvariantCulture), .. before, "sh", "-c",
                    "printf '%s' \"$1\" | \"$0\" step", Workspace.Program, step.ToJsonString()]);
            string last = done.Output.TrimEnd('\n').Split('\n')[^1];
            Assert.True(done.ExitCode == SystemRefused, $"{step["do"]}: {done.ExitCode}: {done.Output}{done.Error}");
            Assert.Equal(SystemRefused, (int)JsonNode.Parse(last)!["failed"]!["code"]!);
            Assert.DoesNotContain("   at ", last, StringComparison.Ordinal);
        }
    }

    // The whole tree of commands, as the program itself tells it.
    private async Task CheckAllAsync(string[] before, Func<string, int> expected)
    {
        List<string> commands = await ListAsync([]);
        Assert.Contains("volfile watch", commands);
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
        _ => [_socket],
    };

    private sealed class Mount(string path) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Command.RunAsync("umount", "-l", path);
    }
}
