using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace KadaluFsd.Bench.Load;

/// <summary>
/// What clients feel of 10,000 requests on the control socket: fio at a steady rate on a mount, in turn with nothing beside it,
/// with a process that has nothing to do with it and works as much as the requests take, and with the requests.
/// </summary>
internal static class ControlBenchmark
{
    private const int Requests = 10_000;
    private const int Askers = 4;
    private const int MaxRounds = 3;
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(20);

    // What a request takes of a processor, here and there.
    private static readonly TimeSpan s_perRequest = TimeSpan.FromMicroseconds(250);
    private static readonly string[] s_paths = ["/v1/status", "/metrics", "/v1/clients", "/readyz", "/v1/operations"];

    internal static async Task RunAsync(int rounds)
    {
        using var unit = new BenchUnit();
        (string program, string[] arguments) = new KadaluDaemon().Command(unit);
        using Process process = Process.Start(program, arguments);
        try
        {
            await UnitBenchmark.FirstAnswerAsync(unit.Port, Stopwatch.GetTimestamp());
            string pidFile = Path.Combine(unit.Root, "mount.pid");
            BenchUnit.Run(
                "glusterfs",
                [.. new KadaluDaemon().MountArguments(unit), "-l", Path.Combine(unit.Root, "mount.log"), "-p", pidFile,
                    unit.MountPoint]);
            var (quiet, busy, asked) = (new List<Run>(), new List<Run>(), new List<Run>());
            for (int round = 0; round <= Math.Min(rounds, MaxRounds); round++)
            {
                Run without = await FioAsync(unit.MountPoint);
                Task<string> working = FromAsideAsync("work");
                Run beside = await FioAsync(unit.MountPoint);
                await working;
                Task<string> asking = FromAsideAsync("ask", Path.Combine(unit.Root, "control"));
                Run with = await FioAsync(unit.MountPoint);
                with = with with { RequestMs = double.Parse(await asking, CultureInfo.InvariantCulture) };

                // The first round lays the file out.
                if (round > 0)
                {
                    quiet.Add(without);
                    busy.Add(beside);
                    asked.Add(with);
                }
            }

            Print(quiet, busy, asked);
            BenchUnit.Run("umount", "-l", unit.MountPoint);
            await UnitBenchmark.EndClientAsync(pidFile);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static async Task<Run> FioAsync(string mount)
    {
        var start = new ProcessStartInfo(
            "fio",
            [
                "--name=steady", $"--directory={mount}", "--rw=randrw", "--bs=4k", "--size=64m", "--rate_iops=500,500",
                "--time_based", $"--runtime={s_duration.TotalSeconds}",
                "--ioengine=psync", "--numjobs=1", "--output-format=json",
            ])
        { RedirectStandardOutput = true };
        using Process fio = Process.Start(start)!;
        using var json = JsonDocument.Parse(await fio.StandardOutput.ReadToEndAsync());
        await fio.WaitForExitAsync();
        JsonElement job = json.RootElement.GetProperty("jobs")[0];
        (double readIops, double readMean, double readTail) = Direction(job.GetProperty("read"));
        (double writeIops, double writeMean, double writeTail) = Direction(job.GetProperty("write"));
        return new Run(readIops + writeIops, (readMean + writeMean) / 2, Math.Max(readTail, writeTail), 0);
    }

    private static (double Iops, double MeanUs, double TailUs) Direction(JsonElement direction)
    {
        JsonElement latency = direction.GetProperty("clat_ns");
        return (direction.GetProperty("iops").GetDouble(), latency.GetProperty("mean").GetDouble() / 1000,
            latency.GetProperty("percentile").GetProperty("99.000000").GetDouble() / 1000);
    }

    /// <summary>Works a moment for each request that there would be.</summary>
    internal static void WorkElsewhere()
    {
        long start = Stopwatch.GetTimestamp();
        for (int request = 0; request < Requests; request++)
        {
            TimeSpan early = (s_duration * request / Requests) - Stopwatch.GetElapsedTime(start);
            if (early > TimeSpan.Zero)
            {
                Thread.Sleep(early);
            }

            for (long moment = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(moment) < s_perRequest;)
            {
                Thread.SpinWait(10);
            }
        }
    }

    // With so low a priority that what is felt is the daemon's work, and not that of asking.
    private static async Task<string> FromAsideAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("chrt", ["--idle", "0", Environment.ProcessPath!, .. Arguments(), .. arguments])
        {
            RedirectStandardOutput = true
        };
        using Process asker = Process.Start(start)!;
        string answer = await asker.StandardOutput.ReadToEndAsync();
        await asker.WaitForExitAsync();
        return answer;
    }

    // Run by dotnet, the program is its first argument.
    private static string[] Arguments() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(ControlBenchmark).Assembly.Location] : [];

    /// <summary>Asks, spread over the run, on a few kept-open connections.</summary>
    /// <returns>How long a request took, in milliseconds.</returns>
    internal static async Task<double> AskAsync(string socket)
    {
        double[] milliseconds = await Task.WhenAll(Enumerable.Range(0, Askers).Select(asker => AskAsync(socket, asker)));
        return milliseconds.Average();
    }

    private static async Task<double> AskAsync(string path, int asker)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri("http://unit") };
        long start = Stopwatch.GetTimestamp();
        double spent = 0;
        for (int request = 0; request < Requests / Askers; request++)
        {
            TimeSpan early = (s_duration * request / (Requests / Askers)) - Stopwatch.GetElapsedTime(start);
            if (early > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(early);
            }

            long asked = Stopwatch.GetTimestamp();
            string answer = await client.GetStringAsync(new Uri(s_paths[(request + asker) % s_paths.Length], UriKind.Relative));
            spent += answer.Length > 0
                ? Stopwatch.GetElapsedTime(asked).TotalMilliseconds
                : throw new InvalidOperationException("an empty answer");
        }

        return spent / (Requests / Askers);
    }

    private static void Print(List<Run> quiet, List<Run> busy, List<Run> asked)
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"\nfio at 1,000 operations/s for {s_duration.TotalSeconds} s, {quiet.Count} runs each in turn, medians; " +
                $"beside it nothing, as much work elsewhere, {Requests} control requests"));
        Console.WriteLine($"{"",-24}{"nothing",10}{"work",10}{"requests",10}{"/nothing",10}{"/work",10}");
        Row("operations/s", quiet, busy, asked, run => run.Iops);
        Row("mean latency (us)", quiet, busy, asked, run => run.MeanUs);
        Row("99th percentile (us)", quiet, busy, asked, run => run.TailUs);
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"a request took {Report.Median(asked, run => run.RequestMs):0.00} ms"));
    }

    private static void Row(string name, List<Run> quiet, List<Run> busy, List<Run> asked, Func<Run, double> value)
    {
        (double nothing, double work, double requests) =
            (Report.Median(quiet, value), Report.Median(busy, value), Report.Median(asked, value));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-24}{nothing,10:0}{work,10:0}{requests,10:0}{requests / nothing,10:0.00}{requests / work,10:0.00}"));
    }

    private sealed record Run(double Iops, double MeanUs, double TailUs, double RequestMs);
}
