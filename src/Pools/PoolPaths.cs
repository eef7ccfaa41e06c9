using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Where everything about pools is on this node, under Kadalu's names.</summary>
/// <param name="root">Where the file system begins in which all of it lies; <c>/</c> but for trials.</param>
public sealed class PoolPaths(string root)
{
    private readonly string _root = Path.GetFullPath(root);

    /// <summary>The environment variable that says another root.</summary>
    public const string RootVariable = "KADALU_FSD_ROOT";

    /// <summary>Where everything is for this process.</summary>
    /// <returns>It.</returns>
    /// <exception cref="CommandException">Control sockets below it would have no address.</exception>
    public static PoolPaths OfEnvironment()
    {
        var paths = new PoolPaths(Environment.GetEnvironmentVariable(RootVariable) is { Length: > 0 } root ? root : "/");
        try
        {
            _ = LocalSocketPath.For(paths.ControlSocket(new string('x', LocalSocketPath.MaxLength)));
            return paths;
        }
        catch (FormatException)
        {
            throw new CommandException(ExitCode.Usage, $"{RootVariable} is too long: {paths._root}");
        }
    }

    /// <summary>Whether everything is where it usually is, and services are this machine's.</summary>
    public bool IsUsual => _root == "/";

    /// <summary>Pool definitions, <c>NAME.json</c>.</summary>
    public string Definitions => Path.Combine(_root, "var/lib/kadalu/pools");

    /// <summary>
    /// Volfiles, <c>KEY.vol</c>: a pool's own for its clients, one for each unit, one for its self-heal daemons.
    /// </summary>
    public string Volfiles => Path.Combine(_root, "var/lib/kadalu/volfiles");

    /// <summary>Overlays of graph documents, <c>*.json</c>.</summary>
    public string Overlays => Path.Combine(_root, "etc/kadalu/graphs");

    /// <summary>The file with this node's id.</summary>
    public string NodeId => Path.Combine(_root, "var/lib/kadalu/node-id");

    /// <summary>The file with this node's name in pools, where it is not its host name.</summary>
    public string NodeName => Path.Combine(_root, "var/lib/kadalu/node-name");

    /// <summary>Everything that is this program's own.</summary>
    public string[] Own => [Path.Combine(_root, "var/lib/kadalu"), Path.Combine(_root, "etc/kadalu"), Run, Logs];

    private string Run => Path.Combine(_root, "run/kadalu");

    private string Logs => Path.Combine(_root, "var/log/kadalu");

    /// <summary>The file of a pool's definition.</summary>
    /// <param name="pool">Its name.</param>
    /// <returns>The path.</returns>
    public string Definition(string pool) => Path.Combine(Definitions, pool + ".json");

    /// <summary>What a command locks while it changes a pool.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <returns>The path of a directory.</returns>
    public string Change(string pool) => Path.Combine(Run, "changes", pool);

    /// <summary>The volfile with a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The path.</returns>
    public string Volfile(string key) => Path.Combine(Volfiles, key + ".vol");

    /// <summary>A service's pid file.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>The path.</returns>
    public string PidFile(string key) => Path.Combine(Run, FileName(key) + ".pid");

    /// <summary>What a service in the background is told when it starts.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>The path.</returns>
    public string StartOptions(string key) => Path.Combine(Run, FileName(key) + ".json");

    /// <summary>A service's control socket.</summary>
    /// <param name="key">Its volfile's key.</param>
    /// <returns>The path.</returns>
    public string ControlSocket(string key) => Path.Combine(Run, FileName(key) + ".control.sock");

    /// <summary>A unit's log.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The path.</returns>
    public string UnitLog(string key) => Path.Combine(Logs, "storage_units", key + ".log");

    /// <summary>The log of a pool's self-heal daemon.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <returns>The path.</returns>
    public string HealDaemonLog(string pool) => Path.Combine(Logs, "shd", $"shd.{pool}.log");

    /// <summary>The log of a mount.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="mountPoint">Where it is mounted.</param>
    /// <returns>The path.</returns>
    public string MountLog(string pool, string mountPoint) =>
        Path.Combine(Logs, $"mount.{pool}.{FileName(mountPoint.Trim('/'))}.log");

    /// <summary>Key of the volfile of a pool's self-heal daemons.</summary>
    /// <param name="pool">The pool.</param>
    /// <returns>The key.</returns>
    public static string HealDaemonKey(Pool pool) => HealDaemonKey(pool.Name);

    /// <summary>Key of the volfile of a pool's self-heal daemons.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <returns>The key.</returns>
    public static string HealDaemonKey(string pool) => $"shd.{pool}";

    /// <summary>Whose a file is among definitions or volfiles.</summary>
    /// <param name="name">The file's name.</param>
    /// <returns>The pool's name.</returns>
    public static string PoolOf(string name) => name.Split('.') is ["shd", var pool, ..] ? pool : name.Split('.')[0];

    private static string FileName(string key) => key.Replace('/', '-');
}
