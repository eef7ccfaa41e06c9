using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace KadaluFsd.Bench.Load;

/// <summary>What clients feel of 10,000 requests on the control socket: fio at a steady rate on a mount, with them and without, in turn.</summary>
internal static class ControlBenchmark
{
    private const int Requests = 10_000;
    private const int Askers = 4;
    private const int MaxRounds = 5;
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(10);
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
            BenchUnit.Run("glusterfs", [.. new KadaluDaemon().MountArguments(unit), "-l", Path.Combine(unit.Root, "mount.log"), "-p", pidFile, unit.MountPoint]);
            var (quiet, asked) = (new List<Run>(), new List<Run>());
            for (int round = 0; round <= Math.Min(rounds, MaxRounds); round++)
            {
                Run without = await FioAsync(unit.MountPoint);
                Task<double> asking = AskAsync(Path.Combine(unit.Root, "control"));
                Run with = await FioAsync(unit.MountPoint);
                with = with with { RequestMs = await asking };

                // The first round lays the file out.
                if (round > 0)
                {
                    quiet.Add(without);
                    asked.Add(with);
                }
            }

            Print(quiet, asked);
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
                "--name=steady", $"--directory={mount}", "--rw=randrw", "--bs=4k", "--size=64m", "--rate_iops=500,500", "--time_based", $"--runtime={s_duration.TotalSeconds}",
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
        return (direction.GetProperty("iops").GetDouble(), latency.GetProperty("mean").GetDouble() / 1000, latency.GetProperty("percentile").GetProperty("99.000000").GetDouble() / 1000);
    }

    // Spread over the run, on a few kept-open connections.
    private static async Task<double> AskAsync(string socket)
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
            spent += answer.Length > 0 ? Stopwatch.GetElapsedTime(asked).TotalMilliseconds : throw new InvalidOperationException("an empty answer");
        }

        return spent / (Requests / Askers);
    }

    private static void Print(List<Run> quiet, List<Run> asked)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nfio at 1,000 operations/s, and beside it {Requests} control requests in {s_duration.TotalSeconds} s ({quiet.Count} runs each in turn, medians)"));
        Row("operations/s", quiet, asked, run => run.Iops);
        Row("mean latency (us)", quiet, asked, run => run.MeanUs);
        Row("99th percentile (us)", quiet, asked, run => run.TailUs);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a request took {Report.Median(asked, run => run.RequestMs):0.00} ms"));
    }

    private static void Row(string name, List<Run> quiet, List<Run> asked, Func<Run, double> value) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-24} alone {Report.Median(quiet, value),8:0} ({quiet.Min(value):0} to {quiet.Max(value):0})   asked {Report.Median(asked, value),8:0} ({asked.Min(value):0} to {asked.Max(value):0})   ratio {Report.Median(asked, value) / Report.Median(quiet, value):0.00}"));

    private sealed record Run(double Iops, double MeanUs, double TailUs, double RequestMs);
}
