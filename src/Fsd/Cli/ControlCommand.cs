using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Pools;
using KadaluFsd.Rpc;

namespace KadaluFsd.Fsd.Cli;

/// <summary>The commands that use the control socket of a running process.</summary>
internal static class ControlCommand
{
    internal static IEnumerable<Command> Create() =>
    [
        Ask("status", "Show the state of a unit or a self-heal daemon.", "/v1/status", DescribeStatus),
        Ask("clients", "List the clients of a unit, and the volfile that each holds.", "/v1/clients", json =>
            ControlText.Describe(JsonSerializer.Deserialize(json, ControlJson.Default.ClientReport)!)),
        Ask("volfiles", "List the volfiles of a unit, and how many clients hold each.", "/v1/volfiles", json =>
            ControlText.Describe(JsonSerializer.Deserialize(json, ControlJson.Default.ServedVolfileArray)!)),
        Ask("operations", "Show a unit's file operations: counts and times by kind, those in progress, the slowest.",
            "/v1/operations",
            json => ControlText.Describe(JsonSerializer.Deserialize(json, ControlJson.Default.OperationReport)!)),
        Ask("memory", "Show what takes memory in a unit or a self-heal daemon.", "/v1/memory", json =>
            ControlText.Describe(JsonSerializer.Deserialize(json, ControlJson.Default.MemoryReport)!)),
        TopCommand.Create(),
        CreateStatedump(),
        CreateLogLevel(),
        CreateOption(),
        CreatePutVolfile(),
        CreateReload(),
        CreateEnd("drain", "Reject new connections to a unit, and stop it when its last client has gone."),
        CreateEnd("stop", "Stop a unit when operations in progress have been answered, or a self-heal daemon."),
    ];

    /// <summary>The path of a unit's control socket.</summary>
    /// <param name="unit">The unit's name, its NODE:PATH, or a path.</param>
    /// <exception cref="CommandException">No pool of this node has such a unit.</exception>
    internal static string SocketOf(string unit)
    {
        if (unit.IndexOf(":/", StringComparison.Ordinal) <= 0)
        {
            return unit.Contains('/', StringComparison.Ordinal)
                ? Path.GetFullPath(unit) : PoolPaths.OfEnvironment().ControlSocket(unit);
        }

        var paths = PoolPaths.OfEnvironment();
        string? key = new PoolStore(paths).LoadAll().SelectMany(
            stored => stored.Pool.Units.Where(member => member.Unit.Address == unit)
                .Select(member => member.Unit.Key(stored.Pool.Name))).FirstOrDefault();
        return key is not null
            ? paths.ControlSocket(key)
            : throw new CommandException(ExitCode.PoolRefused, $"no pool of this node has a unit {unit}");
    }

    /// <summary>The argument that names a unit.</summary>
    internal static Argument<string> UnitArgument() =>
        new("UNIT")
        {
            Description =
                "A unit of a pool, NODE:PATH; the name of a unit, or shd.POOL for a self-heal daemon: its control socket is " +
                "/run/kadalu/NAME.control.sock. Or the path of a control socket.",
        };

    private static Option<bool> JsonOption() => new("--json") { Description = "Print JSON." };

    private static Command Ask(string name, string description, string path, Func<string, string> describe) =>
        Create(name, description, "GET", path, describe);

    private static Command CreateReload()
    {
        (Argument<string> unit, Option<bool> json) = (UnitArgument(), JsonOption());
        var command = new Command(
            "reload", "Have a unit or a self-heal daemon read its volfile and volfiles again, as on SIGHUP.") { unit, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            string answer = await ControlClient.AskAsync(
                SocketOf(parsed.GetValue(unit)!), "POST", "/v1/reload", ReadOnlyMemory<byte>.Empty, cancellation);
            ReloadResult result = JsonSerializer.Deserialize(answer, ControlJson.Default.ReloadResult)!;
            await Console.Out.WriteAsync(parsed.GetValue(json) ? answer : ControlText.Describe(result));
            return (int)(result.Graph is ReloadResult.Refused or ReloadResult.PartlyApplied
                ? ExitCode.PeerRefused : ExitCode.Success);
        });
        return command;
    }

    private static Command Create(string name, string description, string method, string path, Func<string, string> describe)
    {
        (Argument<string> unit, Option<bool> json) = (UnitArgument(), JsonOption());
        var command = new Command(name, description) { unit, json };
        command.SetAction(
            (parsed, cancellation) => PrintAsync(
                parsed.GetValue(unit)!, method, path, [], parsed.GetValue(json) ? answer => answer : describe, cancellation));
        return command;
    }

    // Only self-heal daemons have this member.
    private static string DescribeStatus(string json)
    {
        using var answer = JsonDocument.Parse(json);
        return answer.RootElement.TryGetProperty("healedUnits", out _)
            ? ControlText.Describe(JsonSerializer.Deserialize(json, ControlJson.Default.HealDaemonStatus)!)
            : ControlText.Describe(JsonSerializer.Deserialize(json, ControlJson.Default.UnitStatus)!);
    }

    private static Command CreateStatedump()
    {
        (Argument<string> unit, Option<bool> json) = (UnitArgument(), JsonOption());
        var command =
            new Command("statedump", "Print GlusterFS's statedump of a unit or a self-heal daemon.") { unit, json };
        command.SetAction((parsed, cancellation) =>
            PrintAsync(
                parsed.GetValue(unit)!, "GET", parsed.GetValue(json) ? "/v1/statedump" : "/v1/statedump?format=text", [],
                answer => answer, cancellation));
        return command;
    }

    private static Command CreateLogLevel()
    {
        (Argument<string> unit, Option<bool> json) = (UnitArgument(), JsonOption());
        var level =
            new Argument<string?>("LEVEL")
            {
                Description = "The new level: CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG or TRACE.",
                Arity = ArgumentArity.ZeroOrOne
            };
        var command = new Command(
            "log-level", "Show or set the least serious level that a unit or a self-heal daemon logs.") { unit, level, json };
        command.SetAction((parsed, cancellation) =>
        {
            byte[] body = parsed.GetValue(level) is { } wanted
                ? JsonSerializer.SerializeToUtf8Bytes(new LogSettings(wanted), ControlJson.Default.LogSettings) : [];
            return PrintAsync(
                parsed.GetValue(unit)!, body.Length > 0 ? "PUT" : "GET", "/v1/log", body,
                answer => parsed.GetValue(json)
                    ? answer
                    : JsonSerializer.Deserialize(answer, ControlJson.Default.LogSettings)!.Level + "\n", cancellation);
        });
        return command;
    }

    private static Command CreateOption()
    {
        (Argument<string> unit, Option<bool> json) = (UnitArgument(), JsonOption());
        var volume =
            new Argument<string?>("VOLUME") { Description = "A volume of the unit's volfile.", Arity = ArgumentArity.ZeroOrOne };
        var option =
            new Argument<string?>("OPTION") { Description = "An option of its translator.", Arity = ArgumentArity.ZeroOrOne };
        var value = new Argument<string?>("VALUE")
        {
            Description = "The new value; it is lost when the process ends.",
            Arity = ArgumentArity.ZeroOrOne
        };
        var unset = new Option<bool>("--unset") { Description = "Set the option back to what the volfile says." };
        var command =
            new Command(
                "option", "List the options of the translators in a unit or a self-heal daemon, or set one while it runs.") {
                unit, volume, option, value, unset, json };
        command.SetAction((parsed, cancellation) =>
        {
            if (parsed.GetValue(value) is not null == parsed.GetValue(unset) && parsed.GetValue(option) is not null)
            {
                throw new CommandException(ExitCode.Usage, "option: give a value, or --unset");
            }

            return parsed.GetValue(option) is { } name
                ? PrintAsync(
                    parsed.GetValue(unit)!, "PUT", "/v1/options",
                    JsonSerializer.SerializeToUtf8Bytes(
                        new OptionChange(parsed.GetValue(volume)!, name, parsed.GetValue(value)),
                        ControlJson.Default.OptionChange),
                    answer => parsed.GetValue(json) ? answer : ControlText.Describe(
                        JsonSerializer.Deserialize(answer, ControlJson.Default.ReloadResult)!), cancellation)
                : PrintAsync(
                    parsed.GetValue(unit)!, "GET", "/v1/options", [],
                    answer =>
                        parsed.GetValue(json) ? answer : ControlText.Describe(
                            JsonSerializer.Deserialize(answer, ControlJson.Default.OptionValueArray)!,
                            parsed.GetValue(volume)), cancellation);
        });
        return command;
    }

    private static Command CreatePutVolfile()
    {
        (Argument<string> unit, Option<bool> json) = (UnitArgument(), JsonOption());
        var key = new Argument<string>("KEY") { Description = "The name that clients fetch it by." };
        var file = new Argument<string>("FILE") { Description = "The file with the new volfile; \"-\" for standard input." };
        var command = new Command("put-volfile", "Check a volfile, and put it in the place of the one that is served.") {
            unit, key, file, json };
        command.SetAction(async (parsed, cancellation) => await PrintAsync(
            parsed.GetValue(unit)!, "PUT", "/v1/volfiles/" + Uri.EscapeDataString(parsed.GetValue(key)!),
            await Task.Run(() => Read(parsed.GetValue(file)!), cancellation),
            answer => parsed.GetValue(json)
                ? answer
                : ControlText.Describe(JsonSerializer.Deserialize(answer, ControlJson.Default.PutVolfile)!), cancellation));
        return command;
    }

    private static Command CreateEnd(string name, string description)
    {
        (Argument<string> unit, Option<bool> json) = (UnitArgument(), JsonOption());
        var timeout = new Option<double?>("--timeout")
        {
            HelpName = "SECONDS",
            Description = "How long that may take; then the process stops all the same.",
        };
        var command = new Command(name, description) { unit, timeout, json };
        command.SetAction((parsed, cancellation) =>
        {
            byte[] body = parsed.GetValue(timeout) is { } seconds
                ? JsonSerializer.SerializeToUtf8Bytes(new StopRequest(seconds), ControlJson.Default.StopRequest) : [];
            return PrintAsync(
                parsed.GetValue(unit)!, "POST", "/v1/" + name, body,
                answer => parsed.GetValue(json)
                    ? answer
                    : ControlText.Describe(JsonSerializer.Deserialize(answer, ControlJson.Default.StopAnswer)!), cancellation);
        });
        return command;
    }

    private static byte[] Read(string path)
    {
        try
        {
            using Stream stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            return BoundedFile.Read(stream, RpcLimits.MaxVolfile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"{path}: {exception.Message}");
        }
    }

    private static async Task<int> PrintAsync(
        string unit, string method, string path, byte[] body, Func<string, string> describe, CancellationToken cancellation)
    {
        await Console.Out.WriteAsync(describe(await ControlClient.AskAsync(SocketOf(unit), method, path, body, cancellation)));
        return (int)ExitCode.Success;
    }
}
