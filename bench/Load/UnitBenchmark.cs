using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace KadaluFsd.Bench.Load;

/// <summary>
/// One run of one daemon: start, first answer, idle memory, mount, small files, end; and start and first answer once more.
/// </summary>
internal static class UnitBenchmark
{
    private const int Threads = 4;
    private const int FilesPerThread = 250;

    // A GETSPEC call for the key "bench" with AUTH_NULL, as one record; every protocol/server answers it one way or another.
    private static readonly byte[] s_getSpec = Convert.FromHexString(
        "8000003c" + "00000001" + "00000000" + "00000002" + "00dbb4a9" + "00000002" + "00000002" +
        "0000000000000000" + "0000000000000000" + "00000000" + "00000005" + "62656e6368000000" + "00000000");

    internal static async Task<Figures> RunAsync(Daemon daemon)
    {
        using var unit = new BenchUnit();
        Figures figures = await RunOnceAsync(daemon, unit);
        return figures with { RestartMs = await WithAsync(daemon, unit, (_, firstAnswer) => Task.FromResult(firstAnswer)) };
    }

    // From its start to its first answer, and on to what is to be done with it.
    private static async Task<T> WithAsync<T>(Daemon daemon, BenchUnit unit, Func<Process, double, Task<T>> measure)
    {
        (string program, string[] arguments) = daemon.Command(unit);
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(program, arguments);
        try
        {
            return await measure(process, await FirstAnswerAsync(unit.Port, start));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static Task<Figures> RunOnceAsync(Daemon daemon, BenchUnit unit) =>
        WithAsync(daemon, unit, async (process, firstAnswer) =>
    {
        // "Idle" is after the threads that only start up are done.
        await Task.Delay(TimeSpan.FromSeconds(1));
        double idle = Resident(process);
        long beforeMount = Stopwatch.GetTimestamp();
        BenchUnit.Run(
            "glusterfs",
            [.. daemon.MountArguments(unit), "-l", Path.Combine(unit.Root, "mount.log"), "-p",
                Path.Combine(unit.Root, "mount.pid"), unit.MountPoint]);
        try
        {
            _ = Directory.GetFileSystemEntries(unit.MountPoint).Length;
            double firstMount = firstAnswer + Stopwatch.GetElapsedTime(beforeMount).TotalMilliseconds;
            (double perSecond, double switches) = Work(process, unit.MountPoint);
            return new Figures(idle, Resident(process), firstAnswer, firstMount, perSecond, switches);
        }
        finally
        {
            BenchUnit.Run("umount", "-l", unit.MountPoint);
            await EndClientAsync(Path.Combine(unit.Root, "mount.pid"));
        }
    });

    internal static async Task<double> FirstAnswerAsync(int port, long start)
    {
        byte[] mark = new byte[4];
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync("127.0.0.1", port);
                await socket.SendAsync(s_getSpec);
                if (await socket.ReceiveAsync(mark) > 0)
                {
                    return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
            catch (SocketException)
            {
                // Not there yet.
                Thread.Sleep(TimeSpan.FromMicroseconds(200));
            }

            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(20))
            {
                throw new TimeoutException("the daemon does not answer");
            }
        }
    }

    private static (double PerSecond, double SwitchesPerOperation) Work(Process process, string mount)
    {
        long switches = Switches(process);
        long start = Stopwatch.GetTimestamp();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() => CreateFiles(mount, number)))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        int files = Threads * FilesPerThread;
        return (files / Stopwatch.GetElapsedTime(start).TotalSeconds, (double)(Switches(process) - switches) / files);
    }

    private static void CreateFiles(string mount, int number)
    {
        byte[] bytes = new byte[4096];
        for (int file = 0; file < FilesPerThread; file++)
        {
            string path = Path.Combine(mount, $"{number}-{file}");
            File.WriteAllBytes(path, bytes);
            if (File.ReadAllBytes(path).Length != bytes.Length)
            {
                throw new InvalidOperationException($"{path} is not what was written");
            }

            File.Delete(path);
        }
    }

    /// <summary>Resident memory in KiB.</summary>
    internal static double Resident(Process process) => StatusNumber($"/proc/{process.Id}/status", "VmRSS:");

    /// <summary>Proportional set size in KiB.</summary>
    internal static double ProportionalSetSize(Process process) => StatusNumber($"/proc/{process.Id}/smaps_rollup", "Pss:");

    private static long Switches(Process process) => Directory.GetDirectories($"/proc/{process.Id}/task")
        .Sum(task =>
            (
                long)(StatusNumber(Path.Combine(task, "status"), "voluntary_ctxt_switches:") + StatusNumber(
                    Path.Combine(task, "status"), "nonvoluntary_ctxt_switches:")));

    private static double StatusNumber(string path, string name) => double.Parse(
        File.ReadLines(path).First(line => line.StartsWith(name, StringComparison.Ordinal))
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    internal static async Task EndClientAsync(string pidFile)
    {
        try
        {
            using var client =
                Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pidFile), CultureInfo.InvariantCulture));
            await client.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // Gone already.
        }
    }
}
