using System.Collections.Immutable;
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
            string wanted = parsed.GetValue(kind)!;
            if (wanted == GraphDocument.HealDaemon)
            {
                PoolHeal.RequireCopies(pool);
            }

            var subject = new GraphSubject(pool)
            {
                Unit = UnitOf(pool, wanted, parsed.GetValue(unit)),
                Hosts = HostsOf(pool, parsed.GetValue(hosts) ?? []),
                Facts = parsed.GetValue(tls) ? [GraphSubject.Tls] : [],
            };
            var volfiles = new PoolVolfiles(paths, GraphStarter.LoadLibrary().HasTranslator);
            string text = volfiles.Build(wanted, subject);
            foreach (string warning in volfiles.Warnings)
            {
                Console.Error.WriteLine($"warning: {warning}");
            }

            Console.Write(text);
            return Task.FromResult((int)ExitCode.Success);
        }, kind, unit, hosts, tls);
    }

    /// <summary>The unit that a volfile is for.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="kind">What kind of volfile is wanted.</param>
    /// <param name="address">What <c>--unit</c> says; null for nothing.</param>
    /// <returns>The unit; null where the kind has none.</returns>
    /// <exception cref="CommandException">There is no such unit, or one is missing or too many.</exception>
    internal static PoolMember? UnitOf(Pool pool, string kind, string? address) => (kind == GraphDocument.Unit, address) switch
    {
        (false, null) => null,
        (true, not null) => pool.Units.FirstOrDefault(member => member.Unit.Address == address) ?? throw new CommandException(
            ExitCode.Usage,
            $"{pool.Name} has no unit {address}, but {string.Join(", ", pool.Units.Select(member => member.Unit.Address))}"),
        _ => throw new CommandException(ExitCode.Usage, "--unit goes with --kind unit, and that needs it"),
    };

    /// <summary>Names of nodes in a client's network.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="pairs">What each <c>--host</c> says.</param>
    /// <returns>The names by node.</returns>
    /// <exception cref="CommandException">One is no pair, no name, or of no node of the pool.</exception>
    internal static ImmutableDictionary<string, string> HostsOf(Pool pool, string[] pairs)
    {
        ImmutableDictionary<string, string> hosts = ImmutableDictionary<string, string>.Empty;
        foreach (string pair in pairs)
        {
            string[] parts = pair.Split('=', 2);
            if (parts.Length != 2 || !PoolRules.IsHost(parts[1]))
            {
                throw new CommandException(ExitCode.Usage, $"--host: \"{pair}\" is not NODE=NAME");
            }

            if (!pool.Units.Any(member => member.Unit.Node.Name == parts[0]))
            {
                throw new CommandException(ExitCode.Usage, $"--host: {pool.Name} has no unit on a node \"{parts[0]}\"");
            }

            hosts = hosts.SetItem(parts[0], parts[1]);
        }

        return hosts;
    }
}
