using System.CommandLine;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Volgen.Graphs;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool volfile</c>: built on a node of the pool, which has its translators.</summary>
internal static class PoolVolfileCommand
{
    internal static Command Create()
    {
        var kind = new Option<string>("--kind")
        {
            HelpName = string.Join('|', GraphDocument.Kinds),
            Description = "The kind of graph (default client).",
            DefaultValueFactory = _ => GraphDocument.Client,
        };
        kind.AcceptOnlyFromAmong([.. GraphDocument.Kinds]);
        var unit = new Option<string?>("--unit") { HelpName = "NODE:PATH", Description = "The unit, for --kind unit." };
        var hosts = new Option<string[]>("--host")
        {
            HelpName = "NODE=NAME",
            Description = "The name of a node in the client's network. Can be repeated.",
        };
        var tls = new Option<bool>("--tls") { Description = "Encrypt connections to units, which need server.ssl." };
        return PoolCommand.WithPool(
            "volfile",
            "Print a volfile of a pool, as a node of it builds it: for clients, also in another network or with TLS, for a " +
            "unit, for self-heal daemons, for clients that rebalance. It may have the pool's password. Example: kadalu pool " +
            "volfile pool1 --host server1=10.0.0.1",
            async (parsed, name, cancellation) =>
            {
                var order = new VolfileOrder(
                    parsed.GetValue(kind)!, UnitCommand.WithoutBrackets(parsed.GetValue(unit)), parsed.GetValue(hosts) ?? [],
                    parsed.GetValue(tls));
                (string text, VolfileAnswer built) = await ManagerAccess.SendAsync(
                    PoolCommand.PathOf(name, "/volfile"), order, CommandJson.Default.VolfileOrder,
                    CommandJson.Default.VolfileAnswer, cancellation);
                if (parsed.GetValue(CommonOptions.Json))
                {
                    JsonOutput.Write(text);
                    return (int)ExitCode.Success;
                }

                foreach (string warning in built.Warnings)
                {
                    await Console.Error.WriteLineAsync($"warning: {built.Node}: {PlainText.Printable(warning)}");
                }

                Terminal.Paste(built.Text);
                return (int)ExitCode.Success;
            },
            kind, unit, hosts, tls);
    }
}
