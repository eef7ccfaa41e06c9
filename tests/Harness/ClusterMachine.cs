using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>
/// A machine of a cluster: network, mounts, processes and a host name of its own, and what a node keeps in directories of its own. All that runs or is
/// mounted there is gone with it.
/// </summary>
internal sealed class ClusterMachine : IAsyncDisposable
{
    /// <summary>The collection of all tests with such machines: they have the same names and addresses in each.</summary>
    internal const string OneAtATime = "clusters";

    /// <summary>The program that commands are typed of.</summary>
    internal static readonly string Program = Path.Combine(Path.GetDirectoryName(Workspace.Program)!, "kadalu");

    private const string Bridge = "kadalu-bridge";
    private const string Network = "10.97.0.";

    // What a node keeps outside of units.
    private static readonly string[] s_own =
        ["/var/lib/kadalu", "/var/log/kadalu", "/run/kadalu", "/etc/kadalu", "/etc/kadalu-fsd", "/srv"];

    private const string AgentPid = "/run/kadalu/agent.pid";
    private const string ManagerPid = "/run/kadalu/manager.pid";

    private readonly Workspace _workspace;
    private readonly string _directory;
    private readonly int _number;
    private readonly bool _hasSystemd;
    private Process? _holder;
    private int _init;

    private ClusterMachine(Workspace workspace, string directory, int number, bool hasSystemd) =>
        (_workspace, _directory, _number, _hasSystemd) = (workspace, directory, number, hasSystemd);

    /// <summary>Its host name.</summary>
    internal string Name => NameOf(_number);

    /// <summary>Its address.</summary>
    internal string Address => AddressOf(_number);

    /// <summary>A file of it, as the test sees it.</summary>
    /// <param name="path">
    /// A path below one of its own directories, such as <c>/run/kadalu/agent.sock</c>; with systemd, not below <c>/run</c>.
    /// </param>
    internal string Outside(string path)
    {
        string top = path[..4];
        return _hasSystemd && top is ("/etc" or "/var") ? $"{_directory}{top}/upper{path[4..]}" : _directory + path;
    }

    /// <summary>Makes machines, which know each other's names.</summary>
    /// <param name="workspace">The test's; they end with it.</param>
    /// <param name="count">How many.</param>
    /// <param name="withSystemd">Whether each has systemd as its first process, with the project's templates.</param>
    internal static async Task<ClusterMachine[]> CreateAsync(Workspace workspace, int count, bool withSystemd = false)
    {
        await Command.MustAsync("sh", "-ec", $"""
            ip link show {Bridge} > /dev/null 2>&1 || ip link add {Bridge} type bridge
            ip address replace {Network}254/24 dev {Bridge}
            ip link set {Bridge} up
            """);
        return await Task.WhenAll(
            Enumerable.Range(1, count).Select(number => CreateAsync(workspace, number, count, withSystemd)));
    }

    /// <summary>Makes machines whose agents run, in one cluster; the manager is on the first one.</summary>
    internal static async Task<ClusterMachine[]> CreateClusterAsync(Workspace workspace, int count, bool withSystemd = false)
    {
        ClusterMachine[] nodes = await CreateAsync(workspace, count, withSystemd);
        await Task.WhenAll(nodes.Select(
            node => withSystemd ? node.MustAsync("systemctl", "enable", "--now", "kadalu-fsd-agent") : node.StartAgentAsync()));
        await nodes[0].MustKadaluAsync("cluster", "create");
        foreach (ClusterMachine node in nodes.Skip(1))
        {
            string token = await nodes[0].MustKadaluAsync("node", "token");
            await node.MustKadaluAsync("node", "join", token.Trim());
        }

        return nodes;
    }

    /// <summary>Runs a program there.</summary>
    internal Task<Command> RunAsync(params string[] command) => Command.RunAsync("nsenter", [.. Enter, .. command]);

    /// <summary>Runs a program there that must succeed.</summary>
    internal Task<string> MustAsync(params string[] command) => Command.MustAsync("nsenter", [.. Enter, .. command]);

    /// <summary>Starts a program there, which ends with the test.</summary>
    internal Process Start(params string[] command) => Start([], command);

    /// <summary>Types a command of kadalu there.</summary>
    internal Task<Command> KadaluAsync(params string[] words) => RunAsync([Program, .. words]);

    /// <summary>Types a command of kadalu there that must succeed.</summary>
    internal async Task<string> MustKadaluAsync(params string[] words)
    {
        Command result = await KadaluAsync(words);
        Assert.True(
            result.ExitCode == 0,
            $"kadalu {string.Join(' ', words)} on {Name}: exit code {result.ExitCode}: {result.Error}{result.Output}\n" +
            $"{ReadLog("manager")}\n{ReadLog("agent")}");
        return result.Output;
    }

    /// <summary>Types a command of kadalu there whose answer is JSON.</summary>
    internal async Task<JsonNode> AskKadaluAsync(params string[] words) =>
        JsonNode.Parse(await MustKadaluAsync([.. words, "--json"]))!;

    /// <summary>Starts its agent, and waits until it can be asked.</summary>
    internal Task StartAgentAsync(params (string Name, string Value)[] environment) => StartAsync(
        "agent", environment, [Workspace.Program, "agent", "--log", LogOf("agent"), "--pid-file", AgentPid], "node", "info");

    /// <summary>Starts the manager on it, where it was before.</summary>
    internal Task StartManagerAsync(params (string Name, string Value)[] environment) => StartAsync(
        "manager", environment, ManagerWith("manager"), "cluster", "info");

    /// <summary>Starts a manager on it that is not asked for anything, since it refuses.</summary>
    internal void StartOldManager() => Start([], ManagerWith("old"));

    /// <summary>Kills its agent.</summary>
    internal Task KillAgentAsync() => KillAsync(AgentPid);

    /// <summary>Kills the manager on it.</summary>
    internal Task KillManagerAsync() => KillAsync(ManagerPid);

    /// <summary>Kills the manager on it, which may have ended by itself.</summary>
    internal Task EndManagerAsync() => KillAsync(ManagerPid, " 2> /dev/null || true");

    /// <summary>Kills units with SIGKILL and waits until they have ended, so that no file is written by them any more.</summary>
    /// <param name="units">Which: a pattern of the shell for the names of their files below /run/kadalu.</param>
    internal Task KillUnitsAsync(string units) => KillAsync($"/run/kadalu/{units}.pid");

    /// <summary>What its agent, or the manager on it, has logged.</summary>
    internal string ReadLog(string name) =>
        File.Exists(Outside(LogOf(name))) ? $"{Name} {name}:\n{File.ReadAllText(Outside(LogOf(name)))}" : "";

    /// <summary>What it knows itself of a pool.</summary>
    /// <returns>Null where it knows none.</returns>
    internal JsonNode? FindDefinition(string pool)
    {
        string path = Outside($"/var/lib/kadalu/pools/{pool}.json");
        return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) : null;
    }

    /// <summary>The ports that a pool has, as it knows them.</summary>
    internal string PortsOf(string pool)
    {
        JsonNode definition = FindDefinition(pool)!;
        return string.Join(
            ",", definition["distribute_groups"]!.AsArray().SelectMany(group => group!["storage_units"]!.AsArray())
                .Select(unit => unit!["port"]).Append(definition["port"]));
    }

    /// <summary>Takes its wire away, or puts it back.</summary>
    internal Task ConnectAsync(bool isConnected) =>
        Command.MustAsync("ip", "link", "set", Wire, isConnected ? "up" : "down");

    /// <summary>Ends all that runs there at once, as when the power fails. What is on its disks stays.</summary>
    internal async Task PowerOffAsync()
    {
        if (_holder is { } holder)
        {
            _holder = null;
            await Command.EndAsync(holder);
        }

        // Its other end goes with the machine's network, at some time.
        await Command.RunAsync("ip", "link", "delete", Wire);
    }

    /// <summary>Starts it, as it was before.</summary>
    internal async Task PowerOnAsync()
    {
        string[] spaces = _hasSystemd ? ["--net", "--mount", "--uts"]
            : ["--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"];
        _holder = Command.Start(
            "unshare", [.. spaces, "--propagation", "private", "bash", "-ec", _hasSystemd ? SystemdScript : Script]);
        string first = await (_hasSystemd ? SystemdMachine.SeeAsync(_holder) : SeeShellAsync(_holder));
        _init = int.Parse(first, CultureInfo.InvariantCulture);
        await Command.MustAsync("sh", "-ec", $"""
            ip link add {Wire} type veth peer name eth0 netns {_init}
            ip link set {Wire} master {Bridge} up
            """);
        await MustAsync("sh", "-ec", $"ip address add {Address}/24 dev eth0; ip link set eth0 up");
    }

    public async ValueTask DisposeAsync() => await PowerOffAsync();

    // A shell as the first process: it takes care of those whose parents have ended.
    private string Script => $"""
        hostname {Name}
        {string.Join('\n', s_own.Select(path => $"mkdir -p {path} {_directory}{path}; mount --bind {_directory}{path} {path}"))}
        mount --bind {_directory}/hosts /etc/hosts
        ip link set lo up
        echo made
        while true; do sleep 1000 & wait -n || true; done
        """;

    private string SystemdScript => $"""
        hostname {Name}
        mkdir -p {_directory}/srv {_directory}/etc/upper
        mount --bind {_directory}/srv /srv
        cp {_directory}/hosts {_directory}/etc/upper/hosts
        echo {Name} > {_directory}/etc/upper/hostname
        ip link set lo up
        exec {Path.Combine(Workspace.Source, "tests", "systemd.sh")} {_directory} {Workspace.Program}
        """;

    private static async Task<string> SeeShellAsync(Process holder)
    {
        Assert.Equal("made", await holder.StandardOutput.ReadLineAsync());
        return (await File.ReadAllTextAsync($"/proc/{holder.Id}/task/{holder.Id}/children")).Trim();
    }

    private string Wire => $"kadalu-wire{_number}";

    private string[] Enter =>
        ["--target", _init.ToString(CultureInfo.InvariantCulture), "--mount", "--uts", "--net", "--pid", "--"];

    private static string LogOf(string name) => $"/var/log/kadalu/{name}.log";

    private async Task StartAsync(
        string what, (string Name, string Value)[] environment, string[] command, params string[] question)
    {
        Process process = Start(environment, command);
        await Until.SoAsync(
            $"the {what} of {Name} can be asked",
            async () => process.HasExited
                ? throw new InvalidOperationException($"it has ended: {await process.StandardError.ReadToEndAsync()}")
                : (await KadaluAsync(question)).ExitCode == 0,
            () => ReadLog(what));
    }

    private static string[] ManagerWith(string log) => [Program, "manager", "--log", LogOf(log), "--pid-file", ManagerPid];

    private Process Start((string Name, string Value)[] environment, string[] command)
    {
        Process process = Command.Start(
            "nsenter", [.. Enter, .. command], environment.ToDictionary(pair => pair.Name, pair => pair.Value));
        _workspace.Own(new StartedProcess(process));
        return process;
    }

    private Task<string> KillAsync(string pidFiles, string otherwise = "") => MustAsync(
        "sh", "-ec",
        $"pids=$(cat {pidFiles}); kill -9 $pids{otherwise}; " +
        "for pid in $pids; do while kill -0 $pid 2> /dev/null; do sleep 0.02; done; done");

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"node{number}");

    private static string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{Network}{number}");

    private static async Task<ClusterMachine> CreateAsync(Workspace workspace, int number, int count, bool withSystemd)
    {
        string directory = workspace.Create("machines", NameOf(number));
        IEnumerable<string> names = Enumerable.Range(1, count).Select(other => $"{AddressOf(other)} {NameOf(other)}");
        await File.WriteAllTextAsync(Path.Combine(directory, "hosts"), $"127.0.0.1 localhost\n{string.Join('\n', names)}\n");
        ClusterMachine made = workspace.Own(new ClusterMachine(workspace, directory, number, withSystemd));
        await made.PowerOnAsync();
        return made;
    }

    private sealed class StartedProcess(Process process) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Command.EndAsync(process, withChildren: true);
    }
}
