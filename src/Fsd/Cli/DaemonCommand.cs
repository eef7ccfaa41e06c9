using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Gateway;
using KadaluFsd.Fsd.Heal;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Fsd.Unit;
using KadaluFsd.Linux;

namespace KadaluFsd.Fsd.Cli;

/// <summary>The commands that run in the foreground until they are told to stop: <c>kadalu-fsd unit</c>, <c>kadalu-fsd heal-daemon</c> and <c>kadalu-fsd gateway</c>.</summary>
internal static class DaemonCommand
{
    /// <summary>Builds <c>kadalu-fsd unit</c>.</summary>
    /// <param name="closedDescriptors">How many descriptors the parent process had left open; for the log.</param>
    /// <returns>The command.</returns>
    internal static Command CreateUnit(int closedDescriptors) => Create(
        DaemonCommands.Unit,
        new Command("unit", "Host a storage unit in the foreground: its volfile's graph and its pool's volfiles, on one port.")
        {
            UnitInstallCommand.CreateInstall(),
            UnitInstallCommand.CreateRemove(),
        },
        services => new StorageUnit(services).RunAsync(closedDescriptors));

    /// <summary>Builds <c>kadalu-fsd heal-daemon</c>.</summary>
    /// <param name="closedDescriptors">As above.</param>
    /// <returns>The command.</returns>
    internal static Command CreateHealDaemon(int closedDescriptors) => Create(
        DaemonCommands.HealDaemon,
        new Command("heal-daemon", "Heal a pool's files in the foreground: what its units on this node missed while they or others were away."),
        services => new HealDaemon(services).RunAsync(closedDescriptors));

    /// <summary>Runs a process whose options have been read already.</summary>
    /// <param name="kind">A storage unit, or a self-heal daemon.</param>
    /// <param name="options">The options.</param>
    /// <param name="closedDescriptors">As above.</param>
    /// <returns>How it ended, once it has.</returns>
    internal static Task<ExitCode> RunAsync(DaemonCommands kind, DaemonOptions options, int closedDescriptors) => RunAsync(
        options, services => kind == DaemonCommands.HealDaemon ? new HealDaemon(services).RunAsync(closedDescriptors) : new StorageUnit(services).RunAsync(closedDescriptors));

    /// <summary>Builds <c>kadalu-fsd gateway</c>.</summary>
    /// <returns>The command.</returns>
    internal static Command CreateGateway() => Create(
        DaemonCommands.Gateway,
        new Command("gateway", "Serve the volfiles of every pool of this node to clients that have glusterd's port built in."),
        services => new VolfileGateway(services).RunAsync());

    private static Command Create(DaemonCommands kind, Command command, Func<DaemonServices, Task<ExitCode>> run)
    {
        var config = new Option<string>("--config")
        {
            HelpName = "FILE",
            Description = "JSON object with any of the options below, by name. Flags win over KADALU_FSD_* variables, which win over this.",
        };
        command.Add(config);
        var flags = DaemonFlags.AddTo(command, kind);
        command.SetAction(async (parsed, _) =>
        {
            DaemonOptions options = DaemonOptionReader.Read(kind, flags.Given(parsed), Environment.GetEnvironmentVariable, parsed.GetValue(config));
            if (Background.IsThis)
            {
                Background.Enter();
            }

            return (int)await RunAsync(options, run);
        });
        return command;
    }

    private static async Task<ExitCode> RunAsync(DaemonOptions options, Func<DaemonServices, Task<ExitCode>> run)
    {
        using var services = new DaemonServices(options);
        using var signals = new DaemonSignals(services.Requests, services.Loggers.CreateLogger("Signals"));
        services.PidFile.TryTake();
        try
        {
            return await run(services);
        }
        catch (OperationCanceledException) when (services.Requests.StopWanted.IsCancellationRequested)
        {
            // Told to stop before it had begun.
            return ExitCode.Success;
        }
        catch (CommandException exception) when (options.Control is not null && services.PidFile.IsInPlace)
        {
            // Not where another one runs: what is said of that one is not about this one's start.
            new RunFiles(options.Control).NoteFailure(exception);
            throw;
        }
    }
}
