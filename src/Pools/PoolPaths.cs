using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Paths of everything about pools on this node, under Kadalu's names.</summary>
/// <param name="root">The directory that they are below; <c>/</c> except for trials.</param>
public sealed class PoolPaths(string root)
{
    private readonly string _root = Path.GetFullPath(root);

    /// <summary>The paths of this process.</summary>
    /// <exception cref="CommandException">Paths of control sockets below the root would be too long.</exception>
    public static PoolPaths OfEnvironment()
    {
        var paths = new PoolPaths(RootDirectory.OfEnvironment);
        try
        {
            _ = LocalSocketPath.For(paths.ControlSocket(new string('x', LocalSocketPath.MaxLength)));
            return paths;
        }
        catch (FormatException)
        {
            throw new CommandException(ExitCode.Usage, $"{RootDirectory.Variable} is too long: {paths._root}");
        }
    }

    /// <summary>The directory that everything is below, <c>/</c> except for trials.</summary>
    public string Root => _root;

    /// <summary>Whether the root is <c>/</c>: only then the service manager is used.</summary>
    public bool IsUsual => _root == "/";

    /// <summary>Pool definitions, <c>NAME.json</c>.</summary>
    public string Definitions => Path.Combine(_root, "var/lib/kadalu/pools");

    /// <summary>
    /// Volfiles, <c>KEY.vol</c>: a pool's own for its clients, one for each unit, one for its self-heal daemons.
    /// </summary>
    public string Volfiles => Path.Combine(_root, "var/lib/kadalu/volfiles");

    /// <summary>Overlays of graph documents, <c>*.json</c>.</summary>
    public string Overlays => Path.Combine(_root, "etc/kadalu/graphs");

    /// <summary>The directories of what a pool cannot lose.</summary>
    public string[] Kept =>
        [Path.Combine(_root, "var/lib/kadalu"), Path.Combine(_root, "etc/kadalu"), Path.Combine(_root, "etc/kadalu-fsd")];

    /// <summary>The files in which this node keeps who it is.</summary>
    public NodeFiles Node => new(_root);

    /// <summary>Where NFS-Ganesha keeps things, and its exports of this node's pools.</summary>
    public ExportPlaces Ganesha => new(
        "ganesha.nfsd", Path.Combine(_root, "etc/ganesha/kadalu.d"), Path.Combine(_root, "etc/ganesha/ganesha.conf"),
        Path.Combine(_root, "run/ganesha/ganesha.pid"));

    /// <summary>Where Samba keeps things, and its shares of this node's pools.</summary>
    public ExportPlaces Samba => new(
        "smbd", Path.Combine(_root, "etc/samba/kadalu"), Path.Combine(_root, "etc/samba/smb.conf"),
        Path.Combine(_root, "run/samba/smbd.pid"));

    /// <summary>All directories of this program.</summary>
    public string[] Own => [Path.Combine(_root, "var/lib/kadalu"), Path.Combine(_root, "etc/kadalu"), Run, Logs];

    private string Run => Path.Combine(_root, "run/kadalu");

    private string Logs => Path.Combine(_root, "var/log/kadalu");

    /// <summary>The file of a pool's definition.</summary>
    public string Definition(string pool) => Path.Combine(Definitions, pool + ".json");

    /// <summary>The file with the number of the latest task of a pool that this node has seen.</summary>
    public string Generation(Guid pool) => Path.Combine(Node.Generations, pool.ToString());

    /// <summary>What a command locks while it changes a pool.</summary>
    /// <returns>The path of a directory.</returns>
    public string Change(string pool) => Path.Combine(Run, "changes", pool);

    /// <summary>What a step of the cluster's manager locks from its begin to its end.</summary>
    /// <returns>The path of a directory.</returns>
    public string Step(string pool) => Path.Combine(Run, "changes", pool + ".step");

    /// <summary>What a step locks that waits for an earlier one.</summary>
    /// <returns>The path of a directory.</returns>
    public string NextStep(string pool) => Path.Combine(Run, "changes", pool + ".next-step");

    /// <summary>What is locked while the newest definition of a pool is found out, before a process of it starts.</summary>
    /// <returns>The path of a directory.</returns>
    public string Condition(string pool) => Path.Combine(Run, "changes", pool + ".may-start");

    /// <summary>The file about graphs that came up just now.</summary>
    public string TriedGraphs => Path.Combine(Run, "tried-graphs");

    /// <summary>The volfile with a key.</summary>
    public string Volfile(string key) => Path.Combine(Volfiles, key + ".vol");

    /// <summary>A service's pid file.</summary>
    public string PidFile(string key) => Path.Combine(Run, FileName(key) + ".pid");

    /// <summary>What a service in the background is told when it starts.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>The path.</returns>
    public string StartOptions(string key) => Path.Combine(Run, FileName(key) + ".json");

    /// <summary>What the administrator of this machine tells a service beyond its pool; may be missing.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>The path.</returns>
    public string LocalOptions(string key) => Path.Combine(_root, "etc/kadalu-fsd", FileName(key) + ".local.json");

    /// <summary>A service's control socket.</summary>
    public string ControlSocket(string key) => Path.Combine(Run, FileName(key) + ".control.sock");

    /// <summary>A unit's log.</summary>
    public string UnitLog(string key) => Path.Combine(Logs, "storage_units", key + ".log");

    /// <summary>The log of a pool's self-heal daemon.</summary>
    public string HealDaemonLog(string pool) => Path.Combine(Logs, "shd", $"shd.{pool}.log");

    /// <summary>The log of the manager, where no service manager keeps it.</summary>
    public string ManagerLog => Path.Combine(Logs, "manager.log");

    /// <summary>The manager's pid file, where no service manager keeps it.</summary>
    public string ManagerPidFile => PidFile("manager");

    /// <summary>The log of a mount.</summary>
    public string MountLog(string pool, string mountPoint) =>
        Path.Combine(Logs, $"mount.{pool}.{FileName(mountPoint.Trim('/'))}.log");

    /// <summary>Key of the volfile of a pool's self-heal daemons.</summary>
    public static string HealDaemonKey(Pool pool) => HealDaemonKey(pool.Name);

    /// <summary>Key of the volfile of a pool's self-heal daemons.</summary>
    public static string HealDaemonKey(string pool) => $"shd.{pool}";

    /// <summary>The pool that a definition or volfile belongs to.</summary>
    public static string PoolOf(string name) => name.Split('.') is ["shd", var pool, ..] ? pool : name.Split('.')[0];

    private static string FileName(string key) => key.Replace('/', '-');
}
