using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool mount</c>: on the node where it is typed, whether or not it has units of the pool.</summary>
internal static class PoolMountCommand
{
    internal static Command Create()
    {
        var source = new Argument<string>("POOL") { Description = "The pool's name; with /SUBDIRECTORY to mount only that." };
        var directory = new Argument<string>("DIR") { Description = "Where to mount it." };
        var options = new Option<string[]>("-o")
        {
            HelpName = "OPTION,...",
            Description = "Options as mount -t kadalu has them, such as ro,nosuid.",
        };
        var command = new Command(
            "mount",
            "Mount a pool of the cluster on this node, which needs GlusterFS's FUSE client. Example: kadalu pool mount pool1 " +
            "/mnt/pool1 -o ro") { source, directory, options };
        command.SetAction(async (parsed, cancellation) =>
        {
            (string name, string subdirectory) = PoolMount.Split(parsed.GetValue(source)!);
            if (PoolRules.FindNameProblem(name) is { } problem)
            {
                throw new CommandException(ExitCode.Usage, problem);
            }

            (_, PoolInfo info) = await PoolCommand.GetAsync(name, cancellation);
            if (info.State != "started")
            {
                throw new CommandException(ExitCode.PoolRefused, $"{name} is not started (kadalu pool start {name})");
            }

            string place = PoolMount.FindPlace(parsed.GetValue(directory)!);
            Pool pool = PoolCondition.ReadPool(info.Definition);
            string[] servers = ServersOf(pool, ThisNode.Of(NodeFiles.OfEnvironment));
            int port = ClientLines.PortOf(pool);
            await new PoolMount(PoolPaths.OfEnvironment()).RunAsync(
                name, subdirectory, string.Join(',', servers), port, place, parsed.GetValue(options) ?? [], cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(JsonSerializer.Serialize(
                    new MadeMount(name, subdirectory, place, servers, port), MadeMountJson.Default.MadeMount));
            }

            return (int)ExitCode.Success;
        });
        return command;
    }

    /// <summary>Where the volfile is fetched: this node's own units first.</summary>
    private static string[] ServersOf(Pool pool, ThisNode here) =>
        [.. pool.Members.Select(member => member.Unit.Node).OrderBy(node => here.Is(pool, node) ? 0 : 1)
            .Select(node => node.Name).Distinct()];
}
