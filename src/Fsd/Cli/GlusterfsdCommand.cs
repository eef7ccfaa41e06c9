using System.CommandLine;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Linux;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Configuration;

namespace KadaluFsd.Fsd.Cli;

/// <summary>
/// The program called with the arguments of glusterfsd or glusterfs (glusterfsd/src/glusterfsd.c), as managers of GlusterFS's
/// bricks and self-heal daemons call them. It goes into the background by default. A volfile id that begins with <c>shd/</c>
/// makes it a self-heal daemon.
/// </summary>
internal static class GlusterfsdCommand
{
    private const string HealDaemonPrefix = "shd/";

    // If an option is repeated, the last one counts, as for glusterfsd.
    private static readonly Option<string[]> s_volfile =
        new("--volfile", "-f") { HelpName = "FILE", Description = "The unit's volfile." };
    private static readonly Option<string[]> s_volfileId =
        new("--volfile-id") { HelpName = "KEY", Description = "The volfile's name." };
    private static readonly Option<string[]> s_socketFile =
        new("--socket-file", "-S") { HelpName = "FILE", Description = "Unix socket for volfiles." };
    private static readonly Option<string[]> s_pidFile =
        new("--pid-file", "-p") { HelpName = "FILE", Description = "File with the process's id." };
    private static readonly Option<string[]> s_brickName =
        new("--brick-name") { HelpName = "DIR", Description = "The unit's directory." };
    private static readonly Option<string[]> s_brickPort =
        new("--brick-port") { HelpName = "N", Description = "The unit's port." };
    private static readonly Option<string[]> s_logFile =
        new("--log-file", "-l") { HelpName = "FILE", Description = "Where to log; \"-\" is standard error." };
    private static readonly Option<string[]> s_logLevel =
        new("--log-level", "-L") { HelpName = "LEVEL", Description = "The least serious level that is logged." };
    private static readonly Option<string[]> s_xlatorOption =
        new("--xlator-option") { HelpName = "VOLUME.OPTION=VALUE", Description = "Sets an option in the volfile." };
    private static readonly Option<string[]> s_displayName = new("--fs-display-name")
    {
        HelpName = "NAME",
        Description = "Not used: how the file system would be shown in /proc/mounts."
    };
    private static readonly Option<string[]> s_processName =
        new("--process-name") { HelpName = "NAME", Description = "Not used: a unit is a unit." };
    private static readonly Option<bool> s_noDaemon = new("--no-daemon", "-N") { Description = "Stay in the foreground." };
    private static readonly Option<bool> s_debug =
        new("--debug") { Description = "Stay in the foreground and log everything to standard error." };

    /// <summary>Whether the program was called with such arguments: they begin with an option, its own with a command.</summary>
    internal static bool IsMeant(IReadOnlyList<string> arguments) =>
        arguments.Count > 0 && arguments[0].StartsWith('-') && arguments[0] is not ("--help" or "-h" or "-?" or "--version");

    /// <summary>Runs the unit, or starts it in the background.</summary>
    /// <exception cref="CommandException">The arguments are wrong, or the unit cannot start.</exception>
    internal static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        (DaemonCommands kind, GivenOptions given, bool staysInForeground) = Read(arguments);
        HostedProcess process = DaemonCommand.CreateProcess(kind, given);
        if (!staysInForeground && !Background.IsThis)
        {
            return await StartAsync(arguments, given[DaemonOptionTable.PidFile]);
        }

        if (Background.IsThis)
        {
            Background.Enter();
        }

        return (int)await process.RunAsync();
    }

    // Managers that do not wait look for the process by its pid file at once.
    private static async Task<int> StartAsync(IReadOnlyList<string> arguments, string? pidFile)
    {
        if (pidFile is null)
        {
            return await Background.StartAsync(arguments);
        }

        int process = 0;
        int code = await Background.StartAsync(arguments, started: id =>
        {
            process = id;
            Try(() => PidFile.Announce(pidFile, id));
        });
        if (code != 0)
        {
            Try(() => PidFile.Withdraw(pidFile, process));
        }

        return code;
    }

    // The process itself says what is wrong with its pid file.
    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
        }
    }

    /// <summary>Reads arguments.</summary>
    /// <returns>The kind of process, its options, and whether it stays in the foreground.</returns>
    /// <exception cref="CommandException">One is unknown, missing or wrong; says which.</exception>
    internal static (DaemonCommands Kind, GivenOptions Given, bool StaysInForeground) Read(IReadOnlyList<string> arguments)
    {
        var command = new Command("glusterfsd", "A storage unit.")
        {
            s_volfile, s_volfileId, s_socketFile, s_pidFile, s_brickName, s_brickPort, s_logFile, s_logLevel, s_xlatorOption,
            s_displayName, s_processName, s_noDaemon, s_debug,
        };
        ParseResult parsed =
            command.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"{string.Join("; ", parsed.Errors.Select(error => error.Message))} (called with glusterfsd's arguments)");
        }

        string[] xlatorOptions = parsed.GetValue(s_xlatorOption) ?? [];
        XlatorOption[] read = [.. xlatorOptions.Select(ReadXlatorOption)];
        bool isDebug = parsed.GetValue(s_debug);
        string? id = Last(parsed, s_volfileId);
        DaemonCommands kind = id?.StartsWith(HealDaemonPrefix, StringComparison.Ordinal) == true
            ? DaemonCommands.HealDaemon
            : DaemonCommands.Unit;
        string? socket = Last(parsed, s_socketFile);
        var flags = new Dictionary<string, string?>
        {
            ["volfile"] = Last(parsed, s_volfile),
            ["port"] = kind == DaemonCommands.HealDaemon
                ? null
                : read.LastOrDefault(option => UnitVolfile.PortOptions.Contains(option.Key))?.Value ?? Last(parsed, s_brickPort),
            ["log"] = isDebug ? "-" : Last(parsed, s_logFile),
            ["log-level"] = isDebug ? "DEBUG" : Last(parsed, s_logLevel),
            ["pid-file"] = Last(parsed, s_pidFile),
            // A self-heal daemon serves no volfiles; its control socket is beside the path of the socket.
            ["socket"] = kind == DaemonCommands.HealDaemon ? null : socket,
            ["control"] = socket is not null && id is not null ? ControlSocketBeside(socket, id) : null,
        };
        var more = new Dictionary<string, string?>
        {
            [GlusterfsdKeys.BrickName] = Last(parsed, s_brickName),
            [GlusterfsdKeys.VolfileId] = id,
            [GlusterfsdKeys.KeepPidFile] = bool.TrueString,
        };
        for (int index = 0; index < xlatorOptions.Length; index++)
        {
            more[ConfigurationPath.Combine(GlusterfsdKeys.XlatorOption, index.ToString(CultureInfo.InvariantCulture))] =
                xlatorOptions[index];
        }

        return (kind, GivenOptions.Read(kind, Present(flags), _ => null, file: null, more: Present(more)),
            isDebug || parsed.GetValue(s_noDaemon));
    }

    private static string ControlSocketBeside(string socket, string id) =>
        socket.Length > 0 && Path.GetDirectoryName(Path.GetFullPath(socket)) is { } directory
            ? Path.Combine(directory, id.Replace('/', '.') + ".control.sock")
            : throw new CommandException(ExitCode.Usage, $"--socket-file: \"{socket}\" is not a path of a socket");

    private static Dictionary<string, string> Present(Dictionary<string, string?> values) =>
        values.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!);

    private static string? Last(ParseResult parsed, Option<string[]> option) => parsed.GetValue(option)?.LastOrDefault();

    private static XlatorOption ReadXlatorOption(string text)
    {
        try
        {
            return XlatorOption.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.Usage, $"--xlator-option: \"{text}\" is not {exception.Message}");
        }
    }
}
