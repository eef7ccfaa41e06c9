using System.CommandLine;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Tls;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd pool mount</c>: <c>mount -t kadalu</c> with the servers of this node's pools.</summary>
internal static class PoolMountCommand
{
    private static readonly TimeSpan s_answersWithin = TimeSpan.FromSeconds(3);

    /// <summary>Builds the command.</summary>
    internal static Command Create(Option<string?> node)
    {
        var name = new Argument<string>("POOL") { Description = "The pool's name; with /SUBDIRECTORY to mount only that." };
        var place = new Argument<string>("DIR") { Description = "Where to mount it." };
        var options = new Option<string[]>("-o")
        {
            HelpName = "OPTION,...",
            Description = "Options as mount -t kadalu has them, such as ro,nosuid."
        };
        var command = new Command("mount", "Mount a pool.") { name, place, options, node };
        command.SetAction((parsed, cancellation) => PoolCommand.GuardAsync(async () =>
        {
            (PoolPaths paths, PoolStore store, ThisNode here) = PoolCommand.Open(parsed);
            (string wanted, string subdirectory) = PoolMount.Split(parsed.GetValue(name)!);
            Pool pool = PoolCommand.GetStarted(store, wanted);
            string mountPoint = PoolMount.FindPlace(parsed.GetValue(place)!);
            (string servers, int port) = await ChooseServersAsync(pool, here, cancellation);
            await new PoolMount(paths).RunAsync(
                pool.Name, subdirectory, servers, port, mountPoint, parsed.GetValue(options) ?? [], cancellation);
            return (int)ExitCode.Success;
        }));
        return command;
    }

    // If clients use TLS for volfiles, a unit whose graph uses TLS too would take them for clients of the graph.
    private static int OwnPortOf(PoolUnit unit) => File.Exists(TlsPlaces.SecureAccess) ? DefaultPorts.Node : unit.Port;

    /// <summary>
    /// Chooses where a client fetches its volfile. The stock client keeps the first server's port for all others: so all servers
    /// must have the same. If each unit has its own port, one that answers is used.
    /// </summary>
    /// <param name="here">This node, whose units come first.</param>
    /// <returns>Nodes, separated by commas, and their port.</returns>
    internal static async Task<(string Servers, int Port)> ChooseServersAsync(
        Pool pool, ThisNode here, CancellationToken cancellation)
    {
        (string Node, int Port)[] servers =
        [
            .. pool.Members.Select(member => member.Unit).OrderBy(unit => here.Is(pool, unit.Node) ? 0 : 1)
                .Select(unit => (unit.Node.Name, pool.Port > 0 ? pool.Port : OwnPortOf(unit))).Distinct(),
        ];
        int port = servers[0].Port;
        if (servers.Any(server => server.Port != port))
        {
            bool[] answers =
                await Task.WhenAll(servers.Select(server => AnswersAsync(server.Node, server.Port, pool.Name, cancellation)));
            port = servers[Math.Max(Array.IndexOf(answers, true), 0)].Port;
        }

        return (string.Join(',', servers.Where(server => server.Port == port).Select(server => server.Node)), port);
    }

    private static async Task<bool> AnswersAsync(string node, int port, string key, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(s_answersWithin);
        try
        {
            using VolfileFetcher client =
                await VolfileFetcher.ConnectAsync(string.Create(CultureInfo.InvariantCulture, $"{node}:{port}"), deadline.Token);
            _ = await client.FetchAsync(key, wantsServers: false, deadline.Token);
            return true;
        }
        catch (Exception exception)
            when (exception is CommandException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
