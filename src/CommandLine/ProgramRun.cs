using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using KadaluFsd.Contract;
using KadaluFsd.Volgen;

namespace KadaluFsd.CommandLine;

/// <summary>Runs a command line, and turns what fails into one line on standard error and an exit code.</summary>
/// <param name="name">The program's name, in front of messages.</param>
public sealed partial class ProgramRun(string name)
{
    private const int MaxMessage = 16 * 1024;

    /// <summary>Writes a failure; the default is a line on standard error.</summary>
    public Action<ExitCode, string>? Failed { get; init; }

    /// <summary>Whether what begins like an option and is none, and what is empty, is refused instead of being an argument.</summary>
    public bool RefusesStrangeOptions { get; init; }

    /// <summary>Runs it.</summary>
    /// <param name="run">What is run.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> GuardAsync(Func<Task<int>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            return await run();
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

    /// <summary>Parses arguments and runs what they mean.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="parse">Parses them.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">They are wrong, or the command fails.</exception>
    public async Task<int> InvokeAsync(string[] arguments, Func<string[], ParserConfiguration, ParseResult> parse)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(parse);

        // The parser would leave the value out.
        if (arguments.FirstOrDefault(HasEmptyValue) is { } empty)
        {
            throw new CommandException(ExitCode.Usage, $"{empty[..^1]} has an empty value");
        }

        // "@group" is an argument, and no file with more of them.
        ParseResult parsed = parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            // For an unknown command System.CommandLine says only that a command is missing.
            Command command = parsed.CommandResult.Command;
            IEnumerable<string> known = command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name);
            string? word = parsed.UnmatchedTokens is [var first, ..] ? first : null;
            string problem = word?.StartsWith('-') == true ? $"there is no option {word} here"
                : command is not { Action: null, Subcommands.Count: > 0 } ? InPlainWords(parsed.Errors[0].Message)
                : word is null ? $"say which command: {string.Join(", ", known)}"
                : $"there is no command \"{word}\" here: {string.Join(", ", known)}";
            throw new CommandException(ExitCode.Usage, $"{problem} ({HelpOf(parsed.CommandResult)} says more)");
        }

        if (RefusesStrangeOptions && parsed.CommandResult.Children.FirstOrDefault(HasEmptyWord) is { } nothing)
        {
            string what = nothing is OptionResult option ? option.Option.Name : ((ArgumentResult)nothing).Argument.Name;
            throw new CommandException(ExitCode.Usage, $"{what} is empty ({HelpOf(parsed.CommandResult)} says more)");
        }

        IEnumerable<string> given = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens, (_, token) => token.Value);
        if (RefusesStrangeOptions && given.FirstOrDefault(IsLikeOption) is { } strange)
        {
            throw new CommandException(
                ExitCode.Usage, $"there is no option {strange} here ({HelpOf(parsed.CommandResult)} says more)");
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private string HelpOf(CommandResult command) =>
        string.Join(' ', AncestorsOf(command).Reverse().Prepend(name).Append("--help"));

    private static IEnumerable<string> AncestorsOf(CommandResult command)
    {
        for (SymbolResult? each = command; each is CommandResult { Parent: not null } one; each = each.Parent)
        {
            yield return one.Command.Name;
        }
    }

    // System.CommandLine names types of .NET, and lists values on lines of their own.
    private static string InPlainWords(string message)
    {
        string text = ValueLine().Replace(message, " ");
        return NumberType().Replace(text, " as a number");
    }

    [GeneratedRegex(@"\s*\n\s+")]
    private static partial Regex ValueLine();

    [GeneratedRegex(@" as expected type '[^']*(Int32|Int64|Double)[^']*'\.?")]
    private static partial Regex NumberType();

    private int Fail(ExitCode code, string message)
    {
        // It may contain foreign text.
        string shown =
            new([
                .. Excerpt.Of(message, MaxMessage)
                .Select(character => PlainText.IsPrintable(character) || character is '\n' or '\t' ? character : '?')]);
        if (!TryWrite(() => Failed?.Invoke(code, shown)) || Failed is null)
        {
            _ = TryWrite(() => Console.Error.WriteLine($"{name}: {shown}"));
        }

        return (int)code;
    }

    // Where it is written nothing more may have a place, such as on a full disk: that is what has failed.
    private static bool TryWrite(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // The latter where it is closed.
        }
    }

    private static bool IsLikeOption(string word) =>
        word is ['-', '-', _, ..] || (word is ['-', _, ..] && char.IsLetter(word[1]));

    private static bool HasEmptyWord(SymbolResult given) =>
        given is OptionResult or ArgumentResult && given.Tokens.Any(token => token.Value.Length == 0);

    private static bool HasEmptyValue(string argument) => argument is ['-', '-', _, .., '=' or ':'] &&
        argument[2..^1].All(letter => char.IsAsciiLetterLower(letter) || letter == '-');
}
