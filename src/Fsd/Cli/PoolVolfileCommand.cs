using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd pool volfile</c>: prints a volfile of a pool, also one that is not served.</summary>
internal static class PoolVolfileCommand
{
    internal static Command Create()
    {
        var kind =
            new Option<string>("--kind")
            {
                HelpName = string.Join('|', GraphDocument.Kinds),
                Description = "The kind of graph (default client).",
                DefaultValueFactory = _ => GraphDocument.Client
            };
        kind.AcceptOnlyFromAmong([.. GraphDocument.Kinds]);
        var unit = new Option<string?>("--unit") { HelpName = "NODE:PATH", Description = "The unit, for --kind unit." };
        var hosts = new Option<string[]>("--host")
        {
            HelpName = "NODE=NAME",
            Description = "The name of a node in the client's network. Can be repeated."
        };
        var tls = new Option<bool>("--tls")
        {
            Description = "Encrypt connections to units, which need server.ssl."
        };
        return PoolCommand.WithPool(
            "volfile",
            "Print a volfile of a pool: for clients, also in another network or with TLS, for a unit, for self-heal daemons, " +
            "for clients that rebalance.", (parsed, name, _) =>
        {
            (PoolPaths paths, PoolStore store, ThisNode _) = PoolCommand.Open(parsed);
            Pool pool = store.Get(name).Pool;
            var wanted = new WantedVolfile(
                parsed.GetValue(kind)!, parsed.GetValue(unit), parsed.GetValue(hosts) ?? [], parsed.GetValue(tls));
            GraphSubject subject = wanted.FindSubject(pool);
            var volfiles = new PoolVolfiles(paths, GraphStarter.LoadLibrary().HasTranslator);
            string text = volfiles.Build(wanted.Kind, subject);
            foreach (string warning in volfiles.Warnings)
            {
                Console.Error.WriteLine($"warning: {warning}");
            }

            Console.Write(text);
            return Task.FromResult((int)ExitCode.Success);
        }, kind, unit, hosts, tls);
    }
}
