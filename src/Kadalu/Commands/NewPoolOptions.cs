using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary>Options of commands that make pools.</summary>
internal static class NewPoolOptions
{
    /// <summary><c>--same-node</c>.</summary>
    internal static Option<bool> CreateSameNode() => new("--same-node")
    {
        Description = "Allow several units of a group on one node. They are lost together.",
    };

    /// <summary><c>--root-partition</c>.</summary>
    internal static Option<bool> CreateOnRoot() =>
        new("--root-partition") { Description = "Allow units in the root file system." };

    /// <summary><c>--pool-port</c>.</summary>
    internal static Option<int?> CreatePort() => new("--pool-port")
    {
        HelpName = "N",
        Description = "TCP port for volfiles, the same on every node of the pool (default: one that is free, from 24100 on).",
    };

    /// <summary><c>--no-start</c>.</summary>
    internal static Option<bool> CreateNoStart() => new("--no-start") { Description = "Do not start its units." };

    /// <summary><c>--allow</c>, by which a pool gets its list of who may mount it when it is made.</summary>
    internal static Option<string?> CreateAllow() => new("--allow")
    {
        HelpName = "ADDRESS[,...]",
        Description =
            "Who may mount the pool, such as 10.0.0.7,10.1.0.0/16,client1,10.2.*: sets auth.allow (default everybody who " +
            "reaches its ports).",
    };

    /// <summary>Sets who may mount a new pool.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="list">The list; null where none is given.</param>
    /// <exception cref="CommandException">It is not a list of addresses.</exception>
    internal static Pool Allow(Pool pool, string? list)
    {
        if (list is null)
        {
            return pool;
        }

        return ClientAddresses.Check(list) is { } problem ? throw new CommandException(ExitCode.Usage, $"--allow: {problem}")
            : pool with { Options = pool.Options.SetItem(ClientAddresses.Option, list) };
    }

    /// <summary>Says that everybody can mount a pool where nothing forbids it, and how that is changed.</summary>
    internal static void TellWhoMayMount(ParseResult parsed, Pool pool)
    {
        bool isQuiet = parsed.GetValue(CommonOptions.Json) || parsed.GetValue(CommonOptions.DryRun);
        if (!isQuiet && pool.Options.GetValueOrDefault(ClientAddresses.Option) is null or ClientAddresses.Everybody)
        {
            Terminal.Line(
                $"everybody who reaches its ports can mount {pool.Name} and read and write all of it: kadalu pool set " +
                $"{pool.Name} {ClientAddresses.Option} ADDRESS[,...] says who may");
        }
    }
}
