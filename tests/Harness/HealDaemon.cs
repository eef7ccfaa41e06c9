using System.Diagnostics;

namespace KadaluFsd.Harness;

/// <summary>The stock heal daemon of one node.</summary>
internal sealed class HealDaemon : IAsyncDisposable
{
    private readonly Process _process;

    private HealDaemon(Process process, string log) => (_process, Log) = (process, log);

    internal string Log { get; }

    internal int Id => _process.Id;

    /// <summary>Starts it.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="units">The mirror's units.</param>
    /// <param name="node">Id of the node, which the units answer with too: it heals from those of its own node.</param>
    internal static async Task<HealDaemon> StartAsync(Workspace workspace, IReadOnlyList<UnitDefinition> units, Guid node)
    {
        string volfile = workspace.Path("shd.vol");
        string log = workspace.Path("shd.log");
        await File.WriteAllTextAsync(volfile, ClientVolfile.HealDaemon(units));
        Process process = Command.Start(
            "glusterfs",
            ["-N", "--volfile-id", $"shd/{units[0].Pool}", "-f", volfile, "-l", log, "--process-name", "glustershd",
                "--xlator-option", $"*replicate*.node-uuid={node}"]);
        return workspace.Own(new HealDaemon(process, log));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
