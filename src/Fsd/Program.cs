using System.CommandLine;
using KadaluFsd.Fsd.Cli;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Native.Linux;

namespace KadaluFsd.Fsd;

/// <summary>The program's entry.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        int closedDescriptors = InheritedDescriptors.Close(keep: PassedSockets.TakeFromEnvironment());
        try
        {
            return GlusterfsdCommand.IsMeant(arguments)
                ? await GlusterfsdCommand.RunAsync(arguments, closedDescriptors)
                : await RunAsync(arguments, closedDescriptors);
        }
        catch (StartException exception)
        {
            return Fail(exception.Code, exception.Message);
        }
#pragma warning disable CA1031 // The last place that can turn a defect into a line and an exit code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Fail(ExitCode.InternalError, $"internal error: {exception}");
        }
    }

    private static async Task<int> RunAsync(string[] arguments, int closedDescriptors)
    {
        var root = new RootCommand("A storage unit of Kadalu Storage: GlusterFS's own translators, hosted in one small process.");
        foreach (Command command in Commands(arguments.FirstOrDefault(), closedDescriptors))
        {
            root.Add(command);
        }

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return Fail(ExitCode.Usage, $"{parsed.Errors[0].Message} (kadalu-fsd --help says more)");
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    // A unit does not wait for commands to be made that it was not called with.
    private static IEnumerable<Command> Commands(string? wanted, int closedDescriptors) => wanted switch
    {
        "unit" => [DaemonCommand.CreateUnit(closedDescriptors)],
        "heal-daemon" => [DaemonCommand.CreateHealDaemon(closedDescriptors)],
        "gateway" => [DaemonCommand.CreateGateway()],
        _ => [DaemonCommand.CreateUnit(closedDescriptors), DaemonCommand.CreateHealDaemon(closedDescriptors), DaemonCommand.CreateGateway(), VolfileCommand.Create(), PoolCommand.Create(), OptionsCommand.Create(), .. ControlCommand.Create()],
    };

    private static int Fail(ExitCode code, string message)
    {
        Console.Error.WriteLine($"kadalu-fsd: {message}");
        return (int)code;
    }
}
