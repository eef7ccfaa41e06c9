using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Fsd.Cli;
using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using KadaluFsd.Volgen;

namespace KadaluFsd.Fsd;

/// <summary>The program's entry.</summary>
internal static class Program
{
    private const int MaxMessage = 16 * 1024;

    // Of System.CommandLine's HelpOption.
    private static readonly string[] s_help = ["--help", "-h", "-?", "/h", "/?"];

    private static async Task<int> Main(string[] arguments)
    {
        int code = await RunToEndAsync(arguments);

        // All is written and closed; GlusterFS's threads cannot be ended, and must not meet the end of the libraries they use.
        if (GlusterContext.IsCreated)
        {
            await Console.Out.FlushAsync();
            await Console.Error.FlushAsync();
            ProcessCalls.EndAtOnce(code);
        }

        return code;
    }

    private static async Task<int> RunToEndAsync(string[] arguments)
    {
        InheritedDescriptors.Close(keep: PassedSockets.TakeFromEnvironment());
        try
        {
            return GlusterfsdCommand.IsMeant(arguments)
                ? await GlusterfsdCommand.RunAsync(arguments)
                : await RunAsync(arguments);
        }
        catch (CommandException exception)
        {
            return Fail(exception.Code, exception.Message);
        }
        catch (DllNotFoundException exception)
        {
            return Fail(
                ExitCode.SystemRefused,
                "a library is missing that comes with the program, or that it needs: " +
                $"{exception.Message.ReplaceLineEndings(" ")}");
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            return Fail(ExitCode.SystemRefused, SystemRefusal.Describe(exception));
        }
#pragma warning disable CA1031 // The last place that can turn a defect into a line and an exit code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Fail(ExitCode.InternalError, $"internal error: {exception}");
        }
    }

    private static async Task<int> RunAsync(string[] arguments)
    {
        ParseResult parsed = Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            // Of a word that is no command it says only that a command is missing.
            string problem = parsed.CommandResult.Command is { Action: null, Subcommands.Count: > 0 } &&
                parsed.UnmatchedTokens is [var word, ..] && !word.StartsWith('-')
                ? $"there is no command \"{word}\" here: " +
                    $"{string.Join(", ", parsed.CommandResult.Command.Subcommands.Select(command => command.Name))}"
                : parsed.Errors[0].Message;
            return Fail(ExitCode.Usage, $"{problem} (kadalu-fsd --help says more)");
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    // A process that hosts a graph does not wait for commands to be made that it was not called with, nor for the text of a help
    // option.
    private static ParseResult Parse(string[] arguments)
    {
        Command? alone = arguments.Any(argument => s_help.Contains(argument)) ? null : arguments.FirstOrDefault() switch
        {
            "unit" => DaemonCommand.CreateUnit(),
            "heal-daemon" => DaemonCommand.CreateHealDaemon(),
            _ => null,
        };
        if (alone is not null)
        {
            // Its name comes first, as a program's does.
            return alone.Parse(arguments);
        }

        return CommandTree.Create().Parse(arguments);
    }

    private static int Fail(ExitCode code, string message)
    {
        // What somebody else wrote may be in it.
        string shown =
            new([
                .. Excerpt.Of(message, MaxMessage)
                .Select(character => char.IsControl(character) && character is not ('\n' or '\t') ? '?' : character)]);
        Console.Error.WriteLine($"kadalu-fsd: {shown}");
        return (int)code;
    }
}
