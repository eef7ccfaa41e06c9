namespace KadaluFsd.Harness;

/// <summary>A self-heal daemon in the hands of Kadalu's manager.</summary>
internal sealed class ManagedHealDaemon : ManagedProcess
{
    private readonly string _pool;

    private ManagedHealDaemon(Workspace workspace, string pool)
        : base(workspace, "glusterfs") => _pool = pool;

    internal string Volfile => Workspace.Path($"shd.{_pool}.vol");

    internal override string PidFile => Workspace.Path("run", $"shd.{_pool}.pid");

    internal override string Log => Workspace.Path("log", "shd", $"shd.{_pool}.log");

    internal ControlSocket Control => new(Workspace.Path("run", $"shd.{_pool}.control.sock"));

    internal override string[] Arguments =>
    [
        "--volfile-id", $"shd/{_pool}", "-p", PidFile, "-S", Workspace.Path("run", $"shd.{_pool}.socket"), "-l", Log,
        "--xlator-option", $"*replicate*.node-uuid={Environment.MachineName}", "--fs-display-name", $"kadalu:shd.{_pool}", "-f",
        Volfile,
    ];

    internal static async Task<ManagedHealDaemon> CreateAsync(Workspace workspace, IReadOnlyList<UnitDefinition> units)
    {
        ManagedHealDaemon daemon = workspace.Own(new ManagedHealDaemon(workspace, units[0].Pool));
        await File.WriteAllTextAsync(daemon.Volfile, ClientVolfile.HealDaemon(units));
        return daemon;
    }
}
