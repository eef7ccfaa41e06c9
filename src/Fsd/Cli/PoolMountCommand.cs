using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd pool mount</c>: the stock FUSE client, told where the pool's volfile is served.</summary>
internal static class PoolMountCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="node">The option that names this node.</param>
    /// <returns>The command.</returns>
    internal static Command Create(Option<string?> node)
    {
        var name = new Argument<string>("POOL") { Description = "The pool's name; with /SUBDIRECTORY to mount only that." };
        var place = new Argument<string>("DIR") { Description = "Where to mount it." };
        var command = new Command("mount", "Mount a pool.") { name, place, node };
        command.SetAction(async (parsed, cancellation) =>
        {
            (PoolPaths paths, PoolStore store, ThisNode here) = PoolCommand.Open(parsed);
            string[] wanted = parsed.GetValue(name)!.Split('/', 2);
            Pool pool = store.Get(wanted[0]).Pool;
            string mountPoint = Path.GetFullPath(parsed.GetValue(place)!);
            if (!Directory.Exists(mountPoint))
            {
                throw new StartException(ExitCode.Usage, $"{mountPoint} is not a directory");
            }

            string log = paths.MountLog(pool.Name, mountPoint);
            Directory.CreateDirectory(Path.GetDirectoryName(log)!);
            using Process process = Process.Start(Programs.Find(Programs.GlusterFs), [.. Servers(pool, here), "--process-name=fuse", $"--volfile-id={pool.Name}",
                .. wanted.Length > 1 ? [$"--subdir-mount=/{wanted[1].Trim('/')}"] : Array.Empty<string>(), $"--fs-display-name=kadalu:{pool.Name}", "-l", log, mountPoint]);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? (int)ExitCode.Success : throw new StartException(ExitCode.PeerUnreachable, $"{pool.Name} could not be mounted; the log is {log}");
        });
        return command;
    }

    // The stock client keeps the first server's port when it turns to another one: all of a pool have the same, or there is one server only.
    private static IEnumerable<string> Servers(Pool pool, ThisNode here)
    {
        PoolUnit[] units = [.. pool.Members.Select(member => member.Unit).OrderBy(unit => here.Is(unit.Node) ? 0 : 1)];
        int port = pool.Port > 0 ? pool.Port : units[0].Port;
        return [.. units.Where(unit => pool.Port > 0 || unit == units[0]).Select(unit => unit.Node.Name).Distinct().Select(host => $"--volfile-server={host}"),
            string.Create(CultureInfo.InvariantCulture, $"--volfile-server-port={port}")];
    }
}
