using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool get</c>, <c>set</c> and <c>reset</c>.</summary>
internal static class PoolOptionCommands
{
    /// <summary>What is said of a pool without options.</summary>
    internal const string NoneSet = "no option is set: all have their defaults (kadalu-fsd options lists them)";

    /// <summary>Builds <c>kadalu pool get</c>.</summary>
    internal static Command CreateGet()
    {
        var wanted = new Argument<string[]>("OPTION")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "The options; all that are set where none is given.",
        };
        return PoolCommand.WithPool("get", "Show options of a pool that are set.", async (parsed, name, cancellation) =>
        {
            (_, PoolInfo pool) = await PoolCommand.GetAsync(name, cancellation);
            Pool known = PoolCondition.ReadPool(pool.Definition);
            string[] names = [.. (parsed.GetValue(wanted) ?? []).Select(option => PoolOptions.Canonical(known, option))];
            string[] problems = [.. names.Select(option => PoolOptions.CheckName(known, option)).OfType<string>()];
            if (problems.Length > 0)
            {
                throw new CommandException(ExitCode.PoolRefused, string.Join("\n  ", problems));
            }

            Dictionary<string, string> options = pool.Definition.TryGetProperty("options", out JsonElement found)
                ? found.EnumerateObject().Where(option => names.Length == 0 || names.Contains(option.Name))
                    .ToDictionary(option => option.Name, option => option.Value.GetString()!)
                : [];
            if (names.Where(option => !options.ContainsKey(option)).ToArray() is { Length: > 0 } missing)
            {
                throw new CommandException(
                    ExitCode.PoolRefused,
                    $"{string.Join(", ", missing)}: not set, so that the default holds (kadalu-fsd options {missing[0]} says it)");
            }

            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(JsonSerializer.Serialize(options, CommandJson.Default.DictionaryStringString));
            }
            else if (options.Count == 0)
            {
                Terminal.Line(NoneSet);
            }
            else
            {
                Terminal.Table(["OPTION", "VALUE"], options.Select(option => new[] { option.Key, option.Value }));
            }

            return (int)ExitCode.Success;
        }, wanted);
    }

    /// <summary>Builds <c>kadalu pool set</c>.</summary>
    internal static Command CreateSet()
    {
        var pairs = new Argument<string[]>("OPTION VALUE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Options with their values, OPTION VALUE or OPTION=VALUE.",
        };
        (Option<bool> restart, Option<bool> disturb) = (CreateRestart(), CreateDisturb());
        return PoolCommand.WithPool(
            "set", "Set options of a pool on all of its nodes; mounts and running units take what they can.",
            (parsed, name, cancellation) => PoolCommand.OrderAsync(
                parsed,
                new ChangeOrder(
                    name, ReadPairs(parsed.GetValue(pairs)!), [], ResetsAll: false,
                    new StepChangeTerms(parsed.GetValue(restart), parsed.GetValue(disturb))),
                $"pool {name} is changed", cancellation),
            pairs, restart, disturb, CommonOptions.OfflineOk, CommonOptions.DryRun);
    }

    /// <summary>Builds <c>kadalu pool reset</c>.</summary>
    internal static Command CreateReset()
    {
        var names = new Argument<string[]>("OPTION") { Arity = ArgumentArity.ZeroOrMore, Description = "The options." };
        var all = new Option<bool>("--all") { Description = "All that are set." };
        (Option<bool> restart, Option<bool> disturb) = (CreateRestart(), CreateDisturb());
        return PoolCommand.WithPool(
            "reset", "Set options of a pool back to their defaults, on all of its nodes.",
            (parsed, name, cancellation) =>
            {
                string[] given = parsed.GetValue(names) ?? [];
                return given.Length > 0 == parsed.GetValue(all)
                    ? throw new CommandException(ExitCode.Usage, "say which options, or --all")
                    : PoolCommand.OrderAsync(
                        parsed,
                        new ChangeOrder(
                            name, [], given, parsed.GetValue(all),
                            new StepChangeTerms(parsed.GetValue(restart), parsed.GetValue(disturb))),
                        $"pool {name} is changed", cancellation);
            },
            names, all, restart, disturb, CommonOptions.OfflineOk, CommonOptions.DryRun);
    }

    /// <summary>Reads options with their values: OPTION=VALUE in one word, or two words.</summary>
    /// <exception cref="CommandException">One has no value, or is there twice.</exception>
    internal static Dictionary<string, string> ReadPairs(string[] words)
    {
        var pairs = new Dictionary<string, string>();
        for (int place = 0; place < words.Length; place++)
        {
            string word = words[place];
            int equals = FindEnd(word);
            (string option, string value) = equals > 0 ? (word[..equals], word[(equals + 1)..])
                : place + 1 < words.Length ? (word, words[++place])
                : throw new CommandException(ExitCode.Usage, $"{word} has no value");
            if (!pairs.TryAdd(option, value))
            {
                throw new CommandException(ExitCode.Usage, $"{option} is there twice");
            }
        }

        return pairs;
    }

    // The directory in the name of a unit's own option may have such a sign as well: the name goes on behind it, with a dot.
    private static int FindEnd(string word)
    {
        int end = word.IndexOf('=', StringComparison.Ordinal);
        while (end > 0 && word.LastIndexOf('/', end) is var slash and >= 0 &&
            !word[slash..end].Contains('.', StringComparison.Ordinal))
        {
            end = word.IndexOf('=', end + 1);
        }

        return end;
    }

    private static Option<bool> CreateRestart() => new("--restart")
    {
        Description =
            "Restart units that do not take an option while they run: one after the other, waiting for heals, or all of a " +
            "node's together where TLS is switched on or off.",
    };

    /// <summary>The option <c>--disturb-exports</c>.</summary>
    internal static Option<bool> CreateDisturb() => new("--disturb-exports")
    {
        Description =
            "Although NFS-Ganesha exports the pool, let layers of clients come and go, or nodes get other names, when open " +
            "files lose writes, and let it lose the alias at which it fetches the volfile.",
    };
}
