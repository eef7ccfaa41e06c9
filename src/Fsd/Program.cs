using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Fsd.Cli;
using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using KadaluFsd.Volgen;

namespace KadaluFsd.Fsd;

/// <summary>The entry point.</summary>
internal static class Program
{
    private const int MaxMessage = 16 * 1024;

    // Of System.CommandLine's HelpOption.
    private static readonly string[] s_help = ["--help", "-h", "-?", "/h", "/?"];

    private static async Task<int> Main(string[] arguments)
    {
        int code = await RunToEndAsync(arguments);

        // Everything is written and closed. GlusterFS's threads cannot be ended, and must not run while their libraries are being
        // unloaded.
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
        // The parser would leave the value out.
        if (arguments.FirstOrDefault(HasEmptyValue) is { } empty)
        {
            return Fail(ExitCode.Usage, $"{empty[..^1]} has an empty value");
        }

        ParseResult parsed = Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            // For an unknown command System.CommandLine says only that a command is missing.
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

    private static bool HasEmptyValue(string argument) => argument is ['-', '-', _, .., '=' or ':'] &&
        argument[2..^1].All(letter => char.IsAsciiLetterLower(letter) || letter == '-');

    // A process that hosts a graph starts without building all other commands, and without the texts of a help option.
    private static ParseResult Parse(string[] arguments)
    {
        // "@group" is an argument, and no file with more of them.
        var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null };
        Command? alone = arguments.Any(argument => s_help.Contains(argument)) ? null : arguments.FirstOrDefault() switch
        {
            "unit" => DaemonCommand.CreateUnit(),
            "heal-daemon" => DaemonCommand.CreateHealDaemon(),
            _ => null,
        };
        if (alone is not null)
        {
            // The command's name is parsed as a program's.
            return alone.Parse(arguments, configuration);
        }

        return CommandTree.Create().Parse(arguments, configuration);
    }

    private static int Fail(ExitCode code, string message)
    {
        // It may contain foreign text.
        string shown =
            new([
                .. Excerpt.Of(message, MaxMessage)
                .Select(character => char.IsControl(character) && character is not ('\n' or '\t') ? '?' : character)]);
        Console.Error.WriteLine($"kadalu-fsd: {shown}");
        return (int)code;
    }
}
