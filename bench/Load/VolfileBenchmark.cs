using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KadaluFsd.Bench.Load;

/// <summary>
/// Fetches of the same volfile from glusterd, from a kadalu-fsd gateway with access log and limits, and from the floor: a loop in
/// C that answers the same bytes. Needs network and mounts of its own.
/// </summary>
internal sealed class VolfileBenchmark : IAsyncDisposable
{
    private const int GlusterdPort = 24007;
    private const int Held = 10_000;
    private const string Key = "bench";

    private static readonly string s_programs = Path.Combine(BenchUnit.Source, "artifacts", "bench");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-bench-");
    private readonly List<Server> _servers = [];

    /// <summary>Starts the servers, measures in turn, prints.</summary>
    /// <param name="rounds">How often.</param>
    internal static async Task RunAsync(int rounds)
    {
        await using var benchmark = new VolfileBenchmark();
        int length = await benchmark.StartAsync();
        Console.WriteLine($"\nmedians of {rounds} interleaved runs, the same volfile of {length} bytes; ratios of kadalu-fsd");
        Console.WriteLine($"{"",-44}{"glusterd",14}{"kadalu-fsd",14}{"floor",14}{"/glusterd",11}{"/floor",8}");
        benchmark.Compare("1 kept-open connection (fetches per s)", rounds, 1, 1);
        benchmark.Compare("32 kept-open connections", rounds, 32, 1);
        benchmark.Compare("32 with 8 fetches in flight each", rounds, 32, 8);
        benchmark.Compare("connect, fetch, close; 32 at a time", rounds, 32, 0);
        await HoldAsync(benchmark._servers[0], () =>
            BenchUnit.Run("gluster", "--mode=script", "volume", "set", Key, "diagnostics.client-log-level", "WARNING"));
        await HoldAsync(benchmark._servers[1], () => File.AppendAllText(benchmark.Volfile, "# changed\n"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Server server in _servers)
        {
            server.Process.Kill();
            await server.Process.WaitForExitAsync();
            server.Process.Dispose();
        }

        _directory.Delete(recursive: true);
    }

    private string Volfile => Path.Combine(_directory.FullName, "volfiles", Key + ".vol");

    private async Task<int> StartAsync()
    {
        // glusterd keeps its state in fixed places.
        BenchUnit.Run("mount", "-t", "tmpfs", "tmpfs", "/var/lib/glusterd");
        BenchUnit.Run("mount", "-t", "tmpfs", "tmpfs", "/run");
        Add("glusterd", GlusterdPort, "glusterd", "-N", "-l", In("glusterd.log"), "-p", In("glusterd.pid"));
        await ReachableAsync(GlusterdPort);
        BenchUnit.Run(
            "gluster", "--mode=script", "volume", "create", Key, $"10.99.0.1:{Directory.CreateDirectory(In("brick")).FullName}",
            "force");

        Directory.CreateDirectory(Path.GetDirectoryName(Volfile)!);
        byte[] volfile = Output(KadaluDaemon.Program, "volfile", "get", $"127.0.0.1:{GlusterdPort}", Key);
        await File.WriteAllBytesAsync(Volfile, volfile);
        int port = BenchUnit.FreePort();
        Add("kadalu-fsd", port, KadaluDaemon.Program, "gateway", "--listen", $"127.0.0.1:{port}", "--volfiles",
            Path.GetDirectoryName(Volfile)!, "--log", In("gateway.log"),
            "--access-log", In("access.log"), "--allow", "127.0.0.0/8", "--max-per-address", "16000");
        await ReachableAsync(port);
        port = BenchUnit.FreePort();
        Add("floor", port, Path.Combine(s_programs, "floor"), port.ToString(CultureInfo.InvariantCulture),
            volfile.Length.ToString(CultureInfo.InvariantCulture));
        await ReachableAsync(port);
        return volfile.Length;
    }

    private void Compare(string name, int rounds, int connections, int depth)
    {
        var results = _servers.ToDictionary(server => server.Name, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (Server server in _servers)
            {
                results[server.Name].Add(double.Parse(
                    System.Text.Encoding.ASCII.GetString(
                        Output(Path.Combine(s_programs, "fetchers"),
                            FetcherArguments(server, connections, depth))), CultureInfo.InvariantCulture));
            }
        }

        double[] medians = [.. _servers.Select(server => results[server.Name].Order().ElementAt(rounds / 2))];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-44}{medians[0],14:F0}{medians[1],14:F0}{medians[2],14:F0}" +
            $"{medians[1] / medians[0],11:F2}{medians[1] / medians[2],8:F2}"));
    }

    private static async Task HoldAsync(Server server, Action change)
    {
        double before = UnitBenchmark.Resident(server.Process);
        var start = new ProcessStartInfo(Path.Combine(s_programs, "fetchers"), FetcherArguments(server, Held, -1))
        {
            RedirectStandardOutput = true
        };
        using Process fetchers = Process.Start(start)!;
        await ExpectAsync(fetchers, "held");
        double perConnection = (UnitBenchmark.Resident(server.Process) - before) * 1024 / Held;
        long changed = Stopwatch.GetTimestamp();
        change();
        await ExpectAsync(fetchers, "told");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{server.Name}: {Held} held connections, {perConnection:F0} bytes each; all told of a change after " +
            $"{Stopwatch.GetElapsedTime(changed).TotalMilliseconds:F0} ms"));
        await fetchers.WaitForExitAsync();
    }

    private static async Task ExpectAsync(Process process, string line)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        if (await process.StandardOutput.ReadLineAsync(limit.Token) != line)
        {
            throw new InvalidOperationException($"fetchers did not say \"{line}\"");
        }
    }

    private static string[] FetcherArguments(Server server, int connections, int depth) =>
        [server.Port.ToString(CultureInfo.InvariantCulture), connections.ToString(CultureInfo.InvariantCulture),
            depth.ToString(CultureInfo.InvariantCulture), "0.5", Key];

    private static byte[] Output(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.ToArray()
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    private static async Task ReachableAsync(int port)
    {
        for (int attempt = 0; ; attempt++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (attempt < 200)
            {
                await Task.Delay(50);
            }
        }
    }

    private void Add(string name, int port, string program, params string[] arguments) =>
        _servers.Add(new Server(name, port, Process.Start(program, arguments)));

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private sealed record Server(string Name, int Port, Process Process);
}
