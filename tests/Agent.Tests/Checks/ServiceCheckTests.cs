using System.Diagnostics;
using KadaluFsd.Agent.Checks;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Tests.Checks;

/// <summary>What starts at boot, by files of systemd below a directory, as systemctl itself reads them.</summary>
public sealed class ServiceCheckTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly Pool _pool = CheckedPools.Make();

    public ServiceCheckTests()
    {
        foreach (string name in (string[])
            [Systemctl.Agent, Systemctl.Manager, "kadalu-fsd@.service", "kadalu-fsd@.socket", "kadalu-fsd-heal-daemon@.service"])
        {
            Write($"etc/systemd/system/{name}", "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n");
        }
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task What_is_not_installed_or_not_enabled_is_named_with_what_helps()
    {
        PoolUnit unit = _pool.Groups[0].Units[0];
        NodeFinding[] found = await CheckAsync(unit);
        Assert.Contains(found, finding => finding.Said.StartsWith("/a of pool1 is not installed", StringComparison.Ordinal));
        Assert.Contains(found, finding => finding.ToDo == $"systemctl enable {Systemctl.Agent}, on this node");
        Assert.Contains(found, finding => finding.ToDo == $"systemctl enable {Systemctl.Manager}, on this node");

        string key = unit.Key(_pool.Name);
        Write($"etc/kadalu-fsd/{key}.json", "{}");
        await EnableAsync(Systemctl.Agent, Systemctl.Manager, Systemctl.HealDaemonOf(_pool.Name), $"kadalu-fsd@{key}.service");
        NodeFinding left = Assert.Single(await CheckAsync(unit), finding => finding.Verdict == FindingVerdict.Wrong);
        Assert.Equal($"kadalu-fsd@{key}.socket is not enabled: it does not start at boot", left.Said);

        await EnableAsync($"kadalu-fsd@{key}.socket");
        NodeFinding well = Assert.Single(await CheckAsync(unit));
        Assert.Equal((FindingVerdict.Well, "5 services and sockets start at boot"), (well.Verdict, well.Said));
    }

    [Fact]
    public async Task A_service_that_is_not_there_at_all_does_not_hide_the_others()
    {
        await EnableAsync(Systemctl.Agent);
        Assert.Equal(
            ["none.service", Systemctl.Manager],
            await Systemctl.FindDisabledAsync(_root.FullName, ["none.service", Systemctl.Agent, Systemctl.Manager]));
    }

    [Fact]
    public async Task A_node_that_systemd_does_not_run_is_well() => Assert.Equal(
        FindingVerdict.Well,
        Assert.Single(await new ServiceCheck("/").CheckNodeAsync(new PoolPaths(_root.FullName), [])).Verdict);

    private async Task<NodeFinding[]> CheckAsync(PoolUnit unit) =>
        [.. await new ServiceCheck(_root.FullName).CheckAsync([(_pool, unit)], hasManager: true)];

    private async Task EnableAsync(params string[] services)
    {
        using Process process = Process.Start(
            Programs.Find("systemctl"), [$"--root={_root.FullName}", "--quiet", "enable", .. services]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
