using System.CommandLine;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary>Options that many commands have, always with the same meaning.</summary>
internal static class CommonOptions
{
    /// <summary><c>--json</c>.</summary>
    internal static readonly Option<bool> Json =
        new("--json") { Description = "Print JSON, also of what fails.", Recursive = true };

    /// <summary><c>-y</c>.</summary>
    internal static readonly Option<bool> Yes =
        new("--yes", "-y") { Description = "Do not ask for confirmation.", Recursive = true };

    /// <summary><c>--mode=script</c>.</summary>
    internal static readonly Option<string?> Mode = CreateMode();

    /// <summary><c>--offline-ok</c>.</summary>
    internal static readonly Option<bool> OfflineOk = new("--offline-ok")
    {
        Description = "Nodes that do not answer do it when they are back, instead of nothing being done.",
    };

    /// <summary><c>--dry-run</c>.</summary>
    internal static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Do nothing, but say what would be done on which node, and what is in its way.",
    };

    /// <summary><c>--watch</c>.</summary>
    internal static readonly Option<double?> Watch = CreateWatch();

    private const double DefaultPause = 2;
    private const double MinPause = 0.1;
    private const double MaxPause = 24 * 60 * 60;

    /// <summary>Shows something once, or again and again where that is wanted.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="show">Asks, and then writes; returns the exit code.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It cannot be shown.</exception>
    internal static Task<int> WatchAsync(
        ParseResult parsed, Func<CancellationToken, Task<int>> show, CancellationToken cancellation)
    {
        if (parsed.GetResult(Watch) is null)
        {
            return show(cancellation);
        }

        return Terminal.RepeatAsync(
            TimeSpan.FromSeconds(parsed.GetValue(Watch) ?? DefaultPause), show,
            parsed.GetValue(Json) ? JsonOutput.WriteFailure : (_, reason) => Terminal.Line(reason), cancellation);
    }

    /// <summary>Whether a program reads what is written, and nobody is there who could be asked.</summary>
    internal static bool IsForProgram(ParseResult parsed) => parsed.GetValue(Json) || parsed.GetValue(Mode) is not null;

    /// <summary>Asks whether something is meant that destroys, or interrupts clients.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="question">What is going to happen.</param>
    /// <exception cref="CommandException">It is not meant, or nobody can be asked.</exception>
    internal static void Confirm(ParseResult parsed, string question)
    {
        if (parsed.GetValue(DryRun) || parsed.GetValue(Yes) || parsed.GetValue(Mode) is not null)
        {
            return;
        }

        if (!Terminal.IsThere)
        {
            throw new CommandException(
                ExitCode.Usage, $"nothing was done yet: {question} Say -y (or --mode=script) if that is meant");
        }

        Console.Write($"{question} Continue? [y/N] ");
        if (Console.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw new CommandException(ExitCode.PoolRefused, "nothing was done");
        }
    }

    /// <summary>Writes an answer: as it came where programs read it, or in words.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="json">The answer, JSON.</param>
    /// <param name="tell">Writes it for people.</param>
    /// <returns>The exit code: success.</returns>
    internal static int Show(ParseResult parsed, string json, Action tell)
    {
        if (parsed.GetValue(Json))
        {
            JsonOutput.Write(json);
        }
        else
        {
            tell();
        }

        return (int)ExitCode.Success;
    }

    private static Option<double?> CreateWatch() => new("--watch")
    {
        HelpName = "SECONDS",
        Arity = ArgumentArity.ZeroOrOne,
        Description =
            "Show it again and again, after so many seconds (default 2), until Ctrl-C; the exit code is that of what was shown last.",
        CustomParser = result =>
        {
            if (result.Tokens is not [var seconds])
            {
                return null;
            }

            if (!double.TryParse(seconds.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double pause) ||
                pause is not (>= MinPause and <= MaxPause))
            {
                string limits = string.Create(CultureInfo.InvariantCulture, $"{MinPause} to {MaxPause} seconds");
                result.AddError(
                    $"--watch takes {limits}, and not \"{seconds.Value}\"; what else the command is told stands before it");
            }

            return pause;
        },
    };

    private static Option<string?> CreateMode()
    {
        var mode = new Option<string?>("--mode")
        {
            HelpName = "script",
            Description = "Do not ask for confirmation.",
            Recursive = true,
        };
        mode.AcceptOnlyFromAmong("script");
        return mode;
    }
}
