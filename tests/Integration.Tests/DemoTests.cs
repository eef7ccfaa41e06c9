using System.Diagnostics;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>What <c>make up</c> and <c>make down</c> do, in a place of its own.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class DemoTests : IntegrationTest
{
    private static readonly string s_root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Workspace.Program)!, "..", ".."));

    [Fact]
    public async Task It_comes_up_survives_a_dead_unit_comes_up_again_and_leaves_nothing()
    {
        string state = Workspace.Path("demo");
        string mount = Path.Combine(state, "mnt");
        try
        {
            string said = await RunAsync("up.sh", state);
            Assert.Contains(mount, said, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(mount, "src", "Fsd", "Program.cs")));

            string pid = await ReadProcessIdAsync(state);
            await Command.MustAsync("kill", "-9", pid);
            await File.WriteAllTextAsync(Path.Combine(mount, "file"), "x");
            Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(mount, "file")));

            await RunAsync("up.sh", state);
            Assert.NotEqual(pid, await ReadProcessIdAsync(state));
            Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(mount, "file")));
        }
        finally
        {
            await RunAsync("down.sh", state);
        }

        Assert.False(Directory.Exists(state));
        Assert.DoesNotContain(state, await File.ReadAllTextAsync("/proc/mounts"), StringComparison.Ordinal);
        Assert.DoesNotContain(Process.GetProcesses(), process => CommandLine(process).Contains(state, StringComparison.Ordinal));
        await RunAsync("down.sh", state);
    }

    [Fact]
    public async Task Nodes_come_up_one_that_has_died_comes_up_again_and_nothing_is_left()
    {
        string state = Workspace.Path("demo");
        string[] write = ["client", "sh", "-c", "echo x > /mnt/demo/file"];
        string[] read = ["node2", "cat", "/srv/unit/file"];
        try
        {
            string said = await RunAsync("up-nodes.sh", state, "3");
            Assert.Contains("node3:/srv/unit", said, StringComparison.Ordinal);
            await RunAsync("on.sh", state, write);
            Assert.Equal("x\n", await RunAsync("on.sh", state, read));
            await Command.MustAsync("sh", "-ec", $"kill -9 $(cat {state}/machines/node2/pid)");
            await RunAsync("up-nodes.sh", state, "3");
            Assert.Equal("x\n", await RunAsync("on.sh", state, read));
        }
        finally
        {
            await RunAsync("down.sh", state);
        }

        Assert.False(Directory.Exists(state));
        Assert.DoesNotContain(state, await File.ReadAllTextAsync("/proc/mounts"), StringComparison.Ordinal);
        Assert.DoesNotContain(Process.GetProcesses(), process => CommandLine(process).Contains(state, StringComparison.Ordinal));
        Assert.DoesNotContain("kadalu-demo", await Command.MustAsync("ip", "link"), StringComparison.Ordinal);
    }

    // A script is many commands, and copies and compares hundreds of files.
    private static async Task<string> RunAsync(string script, string state, params string[] arguments)
    {
        Command result = await Harness.Command.RunAsync(
            Path.Combine(s_root, "demo", script), new Dictionary<string, string> { ["KADALU_FSD_DEMO"] = state }, arguments,
            limit: 5 * Patience.Limit);
        Assert.True(result.ExitCode == 0, $"{script}: exit code {result.ExitCode}: {result.Error}{result.Output}");
        return result.Output;
    }

    private static async Task<string> ReadProcessIdAsync(string state) =>
        (await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(state, "run", "kadalu"), "*units-2.pid").Single())).Trim();

    private static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
