using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>
/// Pools of one test on one node, below a root of its own: made and steered by kadalu, as people do, with an agent and a manager of their own, which
/// start with the first command.
/// </summary>
internal sealed class PoolHarness : IAsyncDisposable
{
    /// <summary>
    /// The collection of all tests with pools: each pool is given ports by what its own root knows, and the port of a unit that
    /// was just killed is free.
    /// </summary>
    internal const string OneAtATime = "pools";

    private const int GlusterdPort = 24007;

    // Words of the command line that are no commands of "kadalu pool".
    private static readonly string[] s_nouns = ["cluster", "node", "unit", "heal", "task"];

    private readonly Workspace _workspace;
    private readonly ClusterNode _cluster;

    private int _gateways;

    private PoolHarness(Workspace workspace, ClusterNode cluster) => (_workspace, _cluster) = (workspace, cluster);

    internal string Root => _cluster.Root;

    /// <summary>The node's name in pools.</summary>
    internal string Node => _cluster.Name;

    /// <summary>Pools of one node.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="root">The node's own root, below the workspace.</param>
    /// <param name="node">The node's name, where it is not the machine's.</param>
    /// <param name="network">The network namespace it is in, where it is another one, of <see cref="TwoNodes"/>.</param>
    /// <param name="manager">The node with the manager of its cluster, where that is another one.</param>
    /// <param name="through">A program that everything is started by, such as one that sets the umask, with its arguments.</param>
    internal static PoolHarness Create(
        Workspace workspace, string root = "root", string? node = null, string? network = null, PoolHarness? manager = null,
        string[]? through = null)
    {
        string[] before = network is null ? through ?? [] : ["ip", "netns", "exec", network];
        return workspace.Own(new PoolHarness(
            workspace,
            new ClusterNode(workspace.Create(root), node ?? Environment.MachineName, before, manager?._cluster)));
    }

    /// <summary>Gives the agent, and with it all steps of further commands, an environment variable.</summary>
    internal void Set((string Name, string Value) variable) => _cluster.Set(variable);

    /// <summary>Runs <c>kadalu pool</c>, or <c>kadalu heal</c> where that is the first word, and so on. Nothing is asked.</summary>
    internal async Task<Command> TryAsync(params string[] arguments) =>
        await TryAsItIsAsync([.. arguments, "-y"]);

    /// <summary>Runs it without saying that everything is meant.</summary>
    internal async Task<Command> TryAsItIsAsync(params string[] arguments)
    {
        await _cluster.StartAsync();
        return await _cluster.KadaluAsync(WordsOf(arguments));
    }

    /// <summary>Starts it, to be killed or waited for by the test.</summary>
    internal async Task<Process> StartAsync(params string[] arguments)
    {
        await _cluster.StartAsync();
        return _cluster.StartKadalu(WordsOf([.. arguments, "-y"]));
    }

    /// <summary>Starts <c>kadalu-fsd step</c>, as an agent does.</summary>
    internal Process StartStep() => Command.Start(Workspace.Program, ["step"], _cluster.Environment);

    /// <summary>The steps that the agent is carrying out: their processes.</summary>
    internal int[] FindSteps() => _cluster.FindSteps();

    /// <summary>Kills the agent. The next command starts another one.</summary>
    internal Task KillAgentAsync() => _cluster.KillAgentAsync();

    /// <summary>Runs a command, a step of which dies at a place in the program: as if it was killed there.</summary>
    internal async Task<Command> DiesAtAsync(string place, params string[] arguments)
    {
        Command killed = await TryAsync(("KADALU_FSD_DIE_AT", place), arguments);
        Assert.NotEqual(0, killed.ExitCode);
        Assert.Contains("its process ended with code 137", killed.Error, StringComparison.Ordinal);
        return killed;
    }

    /// <summary>Waits until the manager has had a deletion finished that was interrupted.</summary>
    internal Task<TimeSpan> DeletedAsync(string name) => Until.SoAsync(
        $"the deletion of {name} is finished",
        async () => (await TryAsync("status", name)).Error.Contains($"there is no pool \"{name}\"", StringComparison.Ordinal),
        Logs);

    /// <summary>Changes the definition of a pool by hand, as an earlier version has left it; a new cluster takes it over.</summary>
    /// <param name="name">The pool.</param>
    /// <param name="edit">Changes it.</param>
    internal async Task EditAsync(string name, Action<JsonNode> edit)
    {
        await _cluster.ForgetAsync();
        string path = DefinitionOf(name);
        JsonNode definition = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        edit(definition);
        File.Delete(path);
        string now = (string)definition["name"]!;
        await File.WriteAllTextAsync(DefinitionOf(now), definition.ToJsonString());
        await Until.SoAsync(
            $"the new cluster has {now}", async () => (await TryAsync("list")).Output.Contains($"\n{now} ", StringComparison.Ordinal),
            Logs);
    }

    /// <summary>The file of a pool's definition.</summary>
    internal string DefinitionOf(string name) => Path.Combine(Root, "var/lib/kadalu/pools", name + ".json");

    /// <summary>Runs it, with one more environment variable for what the agent starts meanwhile.</summary>
    internal async Task<Command> TryAsync((string Name, string Value) variable, params string[] arguments)
    {
        _cluster.Set(variable);
        try
        {
            return await TryAsync(arguments);
        }
        finally
        {
            _cluster.Set((variable.Name, ""));
        }
    }

    /// <summary>Runs it; it must succeed.</summary>
    internal async Task<string> MustAsync(params string[] arguments)
    {
        Command result = await TryAsync(arguments);
        Assert.True(
            result.ExitCode == 0,
            $"kadalu {string.Join(' ', WordsOf(arguments))}: exit code {result.ExitCode}: {result.Error}{result.Output}{Logs()}");
        return result.Output;
    }

    /// <summary>Makes a pool of units below the workspace; <c>units:N</c> stands for N of them.</summary>
    internal Task<string> CreateAsync(string name, params string[] words) =>
        MustAsync(
            ["create", name,
                .. words.SelectMany(
                    word =>
                        word.StartsWith("units:", StringComparison.Ordinal) ? Units(name,
                            int.Parse(word[6..], CultureInfo.InvariantCulture)) : [word.Replace(
                                "ROOT", Root, StringComparison.Ordinal)]),
            "--same-node", "--root-partition", "--mode=script"]);

    /// <summary>Directories for a pool's units.</summary>
    internal string[] Units(string pool, int count)
    {
        string parent = _workspace.Create("units", pool);
        return [.. Enumerable.Range(1, count).Select(number => Path.Combine(parent, $"u{number}"))];
    }

    /// <summary>How a pool is, as its node says; without a process, since tests ask again and again.</summary>
    internal async Task<JsonNode> StatusAsync(string name)
    {
        await _cluster.StartAsync();
        JsonNode answer = JsonNode.Parse(await _cluster.AskManagerAsync($"/v1/pools/{name}/status"))!;
        JsonNode node = answer["nodes"]!.AsArray().Single(node => (string?)node!["node"] == Node)!;
        return node["status"] ?? throw new InvalidOperationException($"{name}: {node["problem"]}{Logs()}");
    }

    /// <summary>How much waits for being healed or compared, by what is said; a unit that does not say counts as one.</summary>
    internal static long CountWaiting(JsonNode status) =>
        status["units"]!.AsArray().Sum(unit => (long?)unit!["pendingHeals"] ?? 1) + (long)status["toCompare"]!;

    /// <summary>The processes of a pool's units; null for those that do not run.</summary>
    internal async Task<int?[]> ProcessesAsync(string name) =>
        [.. (await StatusAsync(name))["units"]!.AsArray().Select(unit => (int?)unit!["processId"])];

    /// <summary>Kills units as a crash would, and waits until they are gone.</summary>
    internal async Task KillAsync(string name, IEnumerable<int> units)
    {
        int?[] processes = await ProcessesAsync(name);
        foreach (int unit in units)
        {
            await Command.MustAsync("kill", "-9", processes[unit]!.Value.ToString(CultureInfo.InvariantCulture));
        }

        await Until.SeesAsync(
            $"the killed units {string.Join(", ", units)} of {name} are gone", () => ProcessesAsync(name),
            processes => units.All(unit => processes[unit] is null));
    }

    /// <summary>
    /// Waits until nothing is left to be healed or compared, on any unit, and all clients are back: each tries again every few
    /// seconds.
    /// </summary>
    /// <param name="name">The pool.</param>
    /// <param name="clients">How many processes are its clients: mounts and self-heal daemons.</param>
    internal Task HealedAsync(string name, int clients) =>
        Until.SeesAsync($"{name} is healed and each unit has {clients} clients", () => SeeUnitsAsync(name), units =>
            units.All(unit => unit is { State: "ready", PendingHeals: 0, ToCompare: 0 } && unit.Clients.Length == clients), Logs);

    /// <summary>
    /// Has what waits healed, and waits until nothing does: the self-heal daemon looks by itself when a unit comes back, and then every
    /// few minutes only.
    /// </summary>
    internal Task<TimeSpan> HealedNowAsync(string name) => Until.SoAsync("nothing is left to be healed", async () =>
    {
        if (CountWaiting(await StatusAsync(name)) == 0)
        {
            return true;
        }

        await TryAsync("heal", "start", name);
        return false;
    }, Logs, limit: 5 * Patience.Limit);

    /// <summary>Waits until every unit is there and all clients are back at it.</summary>
    /// <param name="name">The pool.</param>
    /// <param name="clients">How many processes are its clients.</param>
    internal Task ConnectedAsync(string name, int clients) =>
        Until.SeesAsync(
            $"every unit of {name} is ready and has {clients} clients",
            () => SeeUnitsAsync(name), units => units.All(unit => unit.State == "ready" && unit.Clients.Length == clients), Logs);

    /// <summary>
    /// Waits until no client holds a lock inside of GlusterFS: with it a client keeps, for a moment, what it knows of which units
    /// are good, and takes the loss of another one for the loss of too many.
    /// </summary>
    internal Task UnlockedAsync() => Until.SoAsync("no client holds a lock on any unit", async () =>
    {
        foreach (string socket in Directory.GetFiles(Path.Combine(Root, "run/kadalu"), "*.control.sock"))
        {
            // A unit that was killed has left its socket, and holds no lock.
            if ((await Command.RunAsync(Workspace.Program, "statedump", socket)).Output.Contains(
                "inodelk-count", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }, Logs);

    /// <summary>Starts a gateway for this node's pools, on glusterd's port and on a unix socket.</summary>
    /// <returns>The socket's path.</returns>
    internal async Task<string> StartGatewayAsync()
    {
        string socket = Path.Combine(Root, "gateway.sock");
        await StartGatewayAtAsync("127.0.0.1", GlusterdPort, "--socket", socket);
        return socket;
    }

    /// <summary>Starts a gateway for this node's pools on an address.</summary>
    internal Task<UnitProcess> StartGatewayAtAsync(string address, int port = GlusterdPort, params string[] more) => UnitProcess.StartAsync(
        _workspace, Workspace.Program,
        ["gateway", "--volfiles", Path.Combine(Root, "var/lib/kadalu/volfiles"), "--listen", $"{address}:{port}", .. more],
        Path.Combine(Root, $"gateway-{address}-{Interlocked.Increment(ref _gateways)}.log"));

    /// <summary>The log of a pool's only mount.</summary>
    internal string MountLog(string name) =>
        Assert.Single(Directory.GetFiles(Path.Combine(Root, "var/log/kadalu"), $"mount.{name}.*.log"));

    /// <summary>Mounts a pool.</summary>
    internal async Task<FuseMount> MountAsync(string name, params string[] options)
    {
        FuseMount mount = FuseMount.Expect(_workspace);
        await MustAsync(["mount", name, mount.Path, .. options.SelectMany(option => new[] { "-o", option })]);
        Assert.True(mount.IsMounted);
        return mount;
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private static string[] WordsOf(string[] arguments) => s_nouns.Contains(arguments[0]) ? arguments : ["pool", .. arguments];

    /// <summary>The last warnings and errors of everybody's log.</summary>
    internal string Logs() =>
        string.Concat(
            (Directory.Exists(Path.Combine(Root, "var/log"))
                ? Directory.GetFiles(Path.Combine(Root, "var/log"), "*.log", SearchOption.AllDirectories) : [])
        .Select(path =>
            $"\n== {path}\n{string.Join('\n', File.ReadLines(path).Where(line => line.Contains("] E [", StringComparison.Ordinal) || line.Contains("] W [", StringComparison.Ordinal)).TakeLast(8))}"));

    // A client whose graph changed a layer has the connections of both graphs for a while: what is counted is processes.
    private async Task<SeenUnit[]> SeeUnitsAsync(string name)
    {
        JsonNode status = await StatusAsync(name);
        return await Task.WhenAll(
            status["units"]!.AsArray().Select(unit => SeeUnitAsync(name, unit!, (long)status["toCompare"]!)));
    }

    private async Task<SeenUnit> SeeUnitAsync(string name, JsonNode unit, long toCompare)
    {
        string socket =
            Path.Combine(
                Root, "run/kadalu",
                $"{name}.{(string)unit["node"]!}.{((string)unit["path"]!).Trim('/').Replace('/', '-')}.control.sock");
        string[] processes = await ClientsOfAsync(socket);
        return new SeenUnit((string)unit["path"]!, (string)unit["state"]!, (long?)unit["pendingHeals"], toCompare, processes);
    }

    /// <summary>The processes that are clients of a unit; asked without a process, since tests ask again and again.</summary>
    internal static async Task<string[]> ClientsOfAsync(string socket)
    {
        try
        {
            (int status, string body) = await new ControlSocket(socket).AskAsync("GET", "/v1/clients");
            return status != 200 ? [] : [
                .. JsonNode.Parse(body)!["data"]!.AsArray().Select(client => ProcessOf((string)client!["id"]!)).Distinct()];
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return [];
        }
    }

    // CTX_ID:…-GRAPH_ID:0-PID:4711-HOST:…-PC_NAME:pool1-client-0-RECON_NO:-0
    private static string ProcessOf(string id) => id.Split("-PID:") is [_, var rest] ? rest.Split("-PC_NAME:")[0] : id;

    private sealed record SeenUnit(string Path, string State, long? PendingHeals, long ToCompare, string[] Clients)
    {
        public override string ToString() =>
            $"{Path}: {State}, {PendingHeals?.ToString(CultureInfo.InvariantCulture) ?? "?"} to heal, {ToCompare} directories " +
            $"to compare, clients {string.Join(" ", Clients)}";
    }
}
