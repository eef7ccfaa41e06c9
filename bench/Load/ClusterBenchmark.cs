using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Bench.Load;

/// <summary>
/// A hundred agents on this machine, each in a network of its own: how many of them a pool on three contacts, and how long commands take
/// with one pool in the manager's state and with a thousand pools of ten units.
/// </summary>
internal static class ClusterBenchmark
{
    private const int Nodes = 100;
    private const int OtherPools = 1000;
    private const int UnitsOfEach = 10;
    private const string Pool = "pool1";
    private const string Bridge = "kadalu-bench";

    private static readonly string s_kadalu = Path.Combine(Path.GetDirectoryName(KadaluDaemon.Program)!, "kadalu");
    private static readonly string s_root = Directory.CreateTempSubdirectory("kadalu-bench-cluster-").FullName;

    internal static async Task RunAsync(int rounds)
    {
        var processes = new List<Process>();
        try
        {
            Wire();
            for (int node = 1; node <= Nodes; node++)
            {
                processes.Add(Start(
                    node, KadaluDaemon.Program, "agent", "--cluster-listen", $"{AddressOf(node)}:24011", "--log",
                    LogOf(node, "agent")));
            }

            Process manager = await StartManagerAsync();
            processes.Add(manager);
            await AskAsync(1, "cluster", "create", "--name", AddressOf(1));
            for (int node = 2; node <= Nodes; node++)
            {
                string token = (await AskAsync(1, "node", "token")).Trim();
                await AskAsync(node, "node", "join", token, "--name", AddressOf(node));
            }

            string[] units =
                [.. Enumerable.Range(1, 3).Select(node => $"{AddressOf(node)}:{Path.Combine(RootOf(node), "unit")}")];
            await AskAsync(50, ["pool", "create", Pool, "mirror", .. units, "--root-partition"]);
            await AskAsync(50, "pool", "set", Pool, "diagnostics.client-log-level", "DEBUG");
            int told = Enumerable.Range(1, Nodes).Count(
                node => Directory.Exists(Path.Combine(RootOf(node), "var/lib/kadalu/generations")));
            Console.WriteLine($"{Nodes} agents, a pool on 3: create and set have had {told} of them do something");

            double agents = processes.Where(process => process != manager).Average(UnitBenchmark.ProportionalSetSize);
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"PSS of each of {Nodes} agents: {agents:0} KiB"));
            Dictionary<string, List<double>> few = await MeasureAsync(rounds);
            manager.Kill();
            await manager.WaitForExitAsync();
            processes.Remove(manager);
            await AddPoolsAsync();
            processes.Add(await StartManagerAsync());
            await TogetherAsync();
            Dictionary<string, List<double>> many = await MeasureAsync(rounds);
            foreach ((string command, List<double> times) in few)
            {
                Report.Row(
                    $"kadalu {command} (ms): 1 pool, {OtherPools + 1} pools", times, many[command], milliseconds => milliseconds);
            }
        }
        finally
        {
            await Silently(() => AskAsync(1, "pool", "stop", Pool, "-y"));
            foreach (Process process in processes)
            {
                process.Kill();
                await process.WaitForExitAsync();
                process.Dispose();
            }

            Unwire();
            Directory.Delete(s_root, recursive: true);
        }
    }

    private static void Wire()
    {
        Unwire();
        BenchUnit.Run("ip", "link", "add", Bridge, "type", "bridge");
        BenchUnit.Run("ip", "link", "set", Bridge, "up");
        for (int node = 1; node <= Nodes; node++)
        {
            (string network, string end) = (NetworkOf(node), $"bench-{node}");
            BenchUnit.Run("ip", "netns", "add", network);
            BenchUnit.Run("ip", "link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", network);
            BenchUnit.Run("ip", "link", "set", end, "master", Bridge, "up");
            BenchUnit.Run("ip", "-n", network, "address", "add", $"{AddressOf(node)}/24", "dev", "eth0");
            BenchUnit.Run("ip", "-n", network, "link", "set", "eth0", "up");
            BenchUnit.Run("ip", "-n", network, "link", "set", "lo", "up");
        }
    }

    // The networks' names would outlive this one.
    private static void Unwire()
    {
        foreach (int node in Enumerable.Range(1, Nodes).Where(node => File.Exists($"/run/netns/{NetworkOf(node)}")))
        {
            BenchUnit.Run("ip", "netns", "delete", NetworkOf(node));
        }
    }

    // From a node that has nothing to do with the pool: through its agent.
    private static async Task<Dictionary<string, List<double>>> MeasureAsync(int rounds)
    {
        var times = new Dictionary<string, List<double>>();
        for (int round = 0; round < rounds; round++)
        {
            string level = round % 2 == 0 ? "INFO" : "DEBUG";
            foreach (string[] words in (string[][])[
                ["pool", "list"], ["pool", "status", Pool], ["pool", "set", Pool, "diagnostics.client-log-level", level]])
            {
                long start = Stopwatch.GetTimestamp();
                await AskAsync(50, words);
                string command = string.Join(' ', words.Take(2));
                (times.TryGetValue(command, out List<double>? all) ? all : times[command] = [])
                    .Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return times;
    }

    // As the manager writes them: nodes that none of the agents is.
    private static async Task AddPoolsAsync()
    {
        await using SqliteStore store = SqliteStore.Open(Path.Combine(RootOf(1), "var/lib/kadalu/manager/state.db"));
        for (int number = 0; number < OtherPools; number++)
        {
            PoolUnit[] units = [.. Enumerable.Range(0, UnitsOfEach).Select(place => new PoolUnit(
                new PoolNode($"other{place}", new Guid(place + 1, 0, 0, new byte[8]).ToString()), $"/srv/{number}")
            { Port = 30000 + number })];
            Pool pool = PoolNumbers.Assign(
                new Pool($"other{number}", Guid.NewGuid())
                {
                    Groups = [.. units.Chunk(2).Select(pair => new DistributeGroup(GroupKind.Mirror, [.. pair]))],
                    Port = 20000 + number,
                    Revision = 1,
                }, isNew: true);
            var record = new PoolRecord(pool.Id, pool.Name, PoolPhase.Stopped, PoolText.Write(pool), null, []);
            await store.CommitAsync([.. PoolRegistry.Add(record, pool)], CancellationToken.None);
        }
    }

    private static async Task<Process> StartManagerAsync()
    {
        Process manager = Start(
            1, s_kadalu, "manager", "--cluster-listen", $"{AddressOf(1)}:24010", "--log", LogOf(1, "manager"));
        while (!await Silently(() => AskAsync(1, "node", "info")) ||
            !File.Exists(Path.Combine(RootOf(1), "run/kadalu/manager.sock")))
        {
            await Task.Delay(20);
        }

        return manager;
    }

    // Every agent reports every few seconds.
    private static async Task TogetherAsync()
    {
        bool areUp = false;
        while (!await Silently(async () =>
            areUp = JsonNode.Parse(await AskAsync(1, "node", "list", "--json"))!.AsArray()
                .All(node => (string?)node!["state"] == "up")) || !areUp)
        {
            await Task.Delay(200);
        }
    }

    private static async Task<bool> Silently(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<string> AskAsync(int node, params string[] words)
    {
        using Process process = Start(node, s_kadalu, words);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output : throw new InvalidOperationException($"kadalu {string.Join(' ', words)}: {await error}");
    }

    private static Process Start(int node, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", NetworkOf(node), program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KADALU_FSD_ROOT"] = RootOf(node);
        return Process.Start(start)!;
    }

    private static string RootOf(int node) =>
        Directory.CreateDirectory(Path.Combine(s_root, node.ToString(CultureInfo.InvariantCulture))).FullName;

    private static string LogOf(int node, string name) => Path.Combine(RootOf(node), $"{name}.log");

    private static string NetworkOf(int node) => string.Create(CultureInfo.InvariantCulture, $"kadalu-bench-{node}");

    private static string AddressOf(int node) => string.Create(CultureInfo.InvariantCulture, $"10.96.0.{node}");
}
