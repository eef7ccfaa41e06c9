using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>A volfile of a pool that somebody wants to see, as the options of a command say it.</summary>
/// <param name="Kind">One of <see cref="GraphDocument.Kinds"/>.</param>
/// <param name="Unit">What <c>--unit</c> says; null for nothing.</param>
/// <param name="Hosts">What each <c>--host</c> says.</param>
/// <param name="IsTls">Whether connections to units are encrypted.</param>
public sealed record WantedVolfile(string Kind, string? Unit, string[] Hosts, bool IsTls)
{
    /// <summary>What its graph is built for.</summary>
    /// <param name="pool">The pool.</param>
    /// <exception cref="CommandException">The pool has no such volfile; says why.</exception>
    public GraphSubject FindSubject(Pool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (!GraphDocument.Kinds.Contains(Kind))
        {
            throw new CommandException(
                ExitCode.Usage, $"there is no kind of graph \"{Kind}\", but {string.Join(", ", GraphDocument.Kinds)}");
        }

        if (Kind == GraphDocument.HealDaemon)
        {
            PoolHeal.RequireCopies(pool);
        }

        return new GraphSubject(pool)
        {
            Unit = FindUnit(pool),
            Hosts = ReadHosts(pool),
            Facts = IsTls ? [GraphSubject.Tls] : [],
        };
    }

    private PoolMember? FindUnit(Pool pool) => (Kind == GraphDocument.Unit, Unit) switch
    {
        (false, null) => null,
        (true, not null) => pool.Units.FirstOrDefault(member => member.Unit.Address == Unit) ?? throw new CommandException(
            ExitCode.Usage,
            $"{pool.Name} has no unit {Unit}, but {string.Join(", ", pool.Units.Select(member => member.Unit.Address))}"),
        _ => throw new CommandException(
            ExitCode.Usage, "say --kind unit --unit NODE:PATH for the volfile of a unit, and no --unit for any other"),
    };

    // Names of nodes in a client's network.
    private ImmutableDictionary<string, string> ReadHosts(Pool pool)
    {
        ImmutableDictionary<string, string> hosts = ImmutableDictionary<string, string>.Empty;
        foreach (string pair in Hosts)
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
