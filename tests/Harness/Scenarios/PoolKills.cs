using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness.Scenarios;

/// <summary>
/// A pool command that is killed (SIGKILL), again and again, each time a little later in its course: where it changes the pool, the step that does so on
/// the node. What it had begun the manager, or the next commands, finish or undo; nothing is left of the pool in the end, and a pool beside it has not
/// noticed.
/// </summary>
/// <param name="workspace">Where the pools are.</param>
/// <param name="pools">Runs the commands.</param>
internal sealed class PoolKills(Workspace workspace, PoolHarness pools)
{
    private const string Victim = "victim";
    private const string Witness = "witness";

    // One that is done before its time is no kill.
    private const int TriesPerKill = 4;

    private int _made;

    /// <summary>Every command about a pool that does something, by its name in <see cref="RunAsync"/>.</summary>
    internal static string[] Commands { get; } =
        ["create", "start", "stop", "set", "reset", "delete", "mount", "status", "volfile", "heal info", "heal split-brain",
            "heal start", "heal status"];

    private static readonly string[] s_bySteps = ["create", "start", "stop", "set", "reset", "delete"];

    private string State => Path.Combine(pools.Root, "var/lib/kadalu");

    /// <summary>Kills a command; fails the test when something is left, or somebody else is touched.</summary>
    /// <param name="command">Which, of <see cref="Commands"/>.</param>
    /// <param name="rounds">How often.</param>
    internal async Task RunAsync(string command, int rounds)
    {
        await pools.MustAsync("create", Witness, Path.Combine(workspace.Create("units"), "witness"), "--root-partition");
        string witness = await DescribeWitnessAsync();

        // The first one takes longer than the others.
        TimeSpan whole = await MeasureAsync(command) is var first &&
            await MeasureAsync(command) is var second && second < first ? second : first;
        int died = 0;
        int tried = 0;
        for (; died < rounds && tried < TriesPerKill * rounds; tried++)
        {
            await PrepareAsync(command);
            using Process running = await pools.StartAsync(WordsOf(command));
            Task<string>[] reading = [running.StandardOutput.ReadToEndAsync(), running.StandardError.ReadToEndAsync()];
            running.StandardInput.Close();

            // From nothing at all to just before its end. When it is killed is what is tried: there is no event to wait for.
            bool isOfSteps = s_bySteps.Contains(command);
            await (isOfSteps
                ? Until.SoAsync("a step of it runs, or it has ended", () => pools.FindSteps().Length > 0 || running.HasExited)
                : Task.CompletedTask);
            await Task.WhenAny(
                running.WaitForExitAsync(), Task.Delay(whole * (tried % rounds) / (isOfSteps ? 2 * rounds : rounds)));
            if (isOfSteps)
            {
                foreach (int step in pools.FindSteps())
                {
                    await Command.RunAsync("kill", "-9", step.ToString(CultureInfo.InvariantCulture));
                }
            }
            else
            {
                running.Kill();
            }

            await running.WaitForExitAsync();
            await Task.WhenAll(reading);
            died += running.ExitCode == 128 + 9 || (await reading[1]).Contains("the step was interrupted", StringComparison.Ordinal)
                ? 1 : 0;
            await PutRightAsync(command, $"{command}, round {tried}");
            Assert.Equal(witness, await DescribeWitnessAsync());
        }

        await EndAsync($"{command}, at the end");
        Assert.True(died == rounds, $"{command} was killed only {died} times in {tried} rounds");
        TestFigures.Print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{command} killed {died} times in {tried} rounds, within its {whole.TotalMilliseconds:0} ms: nothing " +
                $"was left, nobody else was touched"));
    }

    private string[] WordsOf(string command) => command switch
    {
        "create" => ["create", Victim, "mirror", .. UnitsOf(_made), "--same-node", "--root-partition"],
        "set" => ["set", Victim, "diagnostics.brick-log-level", _made++ % 2 == 0 ? "DEBUG" : "INFO"],
        "mount" => ["mount", Victim, workspace.Create("mount")],
        "reset" => ["reset", Victim, "--all"],
        "heal split-brain" => ["heal", "info", Victim, "--split-brain"],
        _ => [.. command.Split(' '), Victim],
    };

    private string[] UnitsOf(int number) =>
        [.. Enumerable.Range(1, 2)
            .Select(unit =>
                Path.Combine(workspace.Create("units", $"{Victim}{number.ToString(CultureInfo.InvariantCulture)}"), $"u{unit}"))];

    private async Task<TimeSpan> MeasureAsync(string command)
    {
        await PrepareAsync(command);
        var clock = Stopwatch.StartNew();
        Command done = await pools.TryAsync(WordsOf(command));
        TimeSpan elapsed = clock.Elapsed;
        Assert.True(done.ExitCode == 0, $"{command}: {done.Error}");
        await PutRightAsync(command, $"{command}, not killed");
        return elapsed;
    }

    // The pool as the command is to find it.
    private async Task PrepareAsync(string command)
    {
        bool isThere = File.Exists(Path.Combine(State, "pools", Victim + ".json"));
        if (command == "create")
        {
            _made++;
        }
        else if (!isThere)
        {
            _made++;
            await pools.MustAsync(["create", Victim, "mirror", .. UnitsOf(_made), "--same-node", "--root-partition"]);
        }

        switch (command)
        {
            case "start" or "delete":
                await pools.MustAsync("stop", Victim);
                break;
            case "reset":
                await pools.MustAsync("set", Victim, "diagnostics.brick-log-level", "DEBUG");
                break;
            case "mount" or "status" or "heal start" or "heal info" or "heal status":
                await UntilConnectedAsync();
                break;
        }
    }

    // What people would do next. Each must succeed at once, whatever the killed one had begun.
    private async Task PutRightAsync(string command, string where)
    {
        if (command == "mount")
        {
            // The client goes on by itself, or has not begun.
            await Until.SoAsync($"{where}: fusermount has ended", () =>
                !ProcessesOf("/mount").Any(process => process.Contains("fusermount", StringComparison.Ordinal)),
                () => string.Join('\n', ProcessesOf("/mount")));
            await Command.RunAsync("umount", "-l", workspace.Path("mount"));
            await Until.SoAsync($"{where}: the client has ended", async () =>
            {
                await Command.RunAsync("umount", "-l", workspace.Path("mount"));
                return ProcessesOf($"--volfile-id={Victim}").Length == 0;
            }, () => string.Join('\n', ProcessesOf($"--volfile-id={Victim}")));
        }

        if (command is "create" or "delete")
        {
            await EndAsync(where);
            return;
        }

        Command started = await pools.TryAsync("start", Victim);
        Assert.True(started.ExitCode == 0, $"{where}: start: {started.Error}");
        JsonNode status = await pools.StatusAsync(Victim);
        Assert.All(status["units"]!.AsArray(), unit => Assert.Equal("ready", (string?)unit!["state"]));
        Assert.NotNull((int?)status["healDaemon"]);
        if (command is "start" or "stop")
        {
            await StopAsync(where);
            await pools.MustAsync("start", Victim);
        }
    }

    // Stopped means that nothing of it runs. Then it is taken away, if it is there.
    private async Task EndAsync(string where)
    {
        await StopAsync(where);
        Command deleted = await pools.TryAsync("delete", Victim);
        Assert.True(
            deleted.ExitCode == 0 || deleted.Error.Contains($"there is no pool \"{Victim}\"", StringComparison.Ordinal),
            $"{where}: delete: {deleted.Error}");
        string[] left =
            [.. Directory.EnumerateFileSystemEntries(
                pools.Root, "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Where(IsLeft)];
        Assert.True(left.Length == 0, $"{where}: left: {string.Join(' ', left)}");
        foreach (string unit in UnitsOf(_made).Where(Directory.Exists))
        {
            Assert.DoesNotContain(
                "trusted.glusterfs.volume-id",
                (await Command.RunAsync("getfattr", "--absolute-names", "-d", "-m", "trusted.glusterfs.volume-id", unit)).Output,
                StringComparison.Ordinal);
        }
    }

    private async Task StopAsync(string where)
    {
        Command stopped = await pools.TryAsync("stop", Victim);
        Assert.True(
            stopped.ExitCode == 0 || stopped.Error.Contains($"there is no pool \"{Victim}\"", StringComparison.Ordinal) ||
            stopped.Error.Contains($"{Victim} is being deleted", StringComparison.Ordinal), $"{where}: stop: {stopped.Error}");

        // glfsheal ends by itself when nobody reads what it says.
        await Until.SoAsync(
            $"{where}: glfsheal has ended",
            () => !ProcessesOf(Victim).Any(process => process.Contains("glfsheal", StringComparison.Ordinal)),
            () => string.Join('\n', ProcessesOf(Victim)));
        string[] running = ProcessesOf(Victim);
        Assert.True(running.Length == 0, $"{where}: runs on: {string.Join('\n', running)}");
    }

    // Logs stay; so does everything of the other pool, of the node and of its cluster.
    private static bool IsLeft(string path) =>
        File.Exists(path) && !path.EndsWith(".log", StringComparison.Ordinal) &&
        Path.GetFileName(path) is not ("node-id" or "node-name" or "agent.sock" or "manager.sock") &&
        Path.GetFileName(Path.GetDirectoryName(path)) is not ("manager" or "cluster" or "generations") &&
        !Path.GetFileName(path).StartsWith(Witness, StringComparison.Ordinal);

    private async Task<string> DescribeWitnessAsync()
    {
        JsonNode unit = (await pools.StatusAsync(Witness))["units"]![0]!;
        return $"{unit["state"]} {unit["processId"]} " +
            $"{await File.ReadAllTextAsync(Path.Combine(State, "pools", Witness + ".json"))} " +
            $"{await File.ReadAllTextAsync(Path.Combine(State, "volfiles", Witness + ".vol"))}";
    }

    private Task<int?[]> UntilConnectedAsync() => Until.SeesAsync(
        "the heal daemon is connected to every unit",
        async () => (await pools.StatusAsync(Victim))["units"]!.AsArray().Select(unit => (int?)unit!["clients"]).ToArray(),
        clients => clients.All(count => count >= 1));

    // Zombies have no command line.
    private static string[] ProcessesOf(string words) =>
        [.. Directory.EnumerateDirectories("/proc").Select(ReadCommandLine)
            .Where(line => line.Contains(words, StringComparison.Ordinal))];

    private static string ReadCommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
