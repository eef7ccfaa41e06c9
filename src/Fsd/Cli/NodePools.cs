using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Native;
using KadaluFsd.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary>The pools of this node, for processes that the agent or the service manager starts.</summary>
internal static class NodePools
{
    /// <summary>Finds them, without GlusterFS.</summary>
    internal static (PoolPaths Paths, PoolStore Store, ThisNode Node) Open()
    {
        var paths = PoolPaths.OfEnvironment();
        return (paths, new PoolStore(paths), ThisNode.Of(paths.Node));
    }

    /// <summary>Loads GlusterFS's library, for volfiles and heal information.</summary>
    /// <exception cref="CommandException">GlusterFS is missing, or another version.</exception>
    internal static (PoolVolfiles Volfiles, PoolHeal Heal) LoadLibrary(PoolPaths paths, ThisNode node)
    {
        GlusterLibrary library = GraphStarter.LoadLibrary();
        var volfiles = new PoolVolfiles(paths, library.HasTranslator);
        return (volfiles, new PoolHeal(volfiles, library.TranslatorDirectory, node));
    }

    /// <summary>What changes them.</summary>
    /// <param name="say">Gets progress, a line each.</param>
    /// <exception cref="CommandException">GlusterFS is missing, or another version.</exception>
    internal static PoolManager Manage(Action<string> say)
    {
        (PoolPaths paths, PoolStore store, ThisNode node) = Open();
        (PoolVolfiles volfiles, PoolHeal heal) = LoadLibrary(paths, node);
        return new PoolManager(
            paths, store, volfiles, PoolSettings.CreateOptions(), new NodeServices(paths), heal, new PoolExports(paths, say),
            node, say);
    }
}
