using System.CommandLine;
using KadaluFsd.Agent;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Heal;
using KadaluFsd.Daemons.Unit;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Linux;
using KadaluFsd.Serving.Gateway;

namespace KadaluFsd.Fsd.Cli;

/// <summary>
/// The commands that run in the foreground until they are stopped: <c>kadalu-fsd unit</c>, <c>kadalu-fsd heal-daemon</c>,
/// <c>kadalu-fsd gateway</c> and <c>kadalu-fsd agent</c>.
/// </summary>
internal static class DaemonCommand
{
    /// <summary>Builds <c>kadalu-fsd unit</c>.</summary>
    internal static Command CreateUnit() => Create(
        DaemonCommands.Unit,
        new Command("unit", "Host a storage unit in the foreground: its volfile's graph and its pool's volfiles, on one port.")
        {
            UnitInstallCommand.CreateInstall(),
            UnitInstallCommand.CreateRemove(),
        });

    /// <summary>Builds <c>kadalu-fsd heal-daemon</c>.</summary>
    internal static Command CreateHealDaemon() => Create(
        DaemonCommands.HealDaemon,
        new Command(
            "heal-daemon",
            "Heal a pool's files in the foreground: what its units on this node missed while they or others were away."));

    /// <summary>Builds <c>kadalu-fsd gateway</c>.</summary>
    internal static Command CreateGateway() => Create(
        DaemonCommands.Gateway,
        new Command("gateway", "Serve the volfiles of every pool of this node to clients that have glusterd's port built in."));

    /// <summary>Builds <c>kadalu-fsd agent</c>.</summary>
    internal static Command CreateAgent() => Create(
        DaemonCommands.Agent,
        new Command("agent", "Let this node be of a cluster: do what its manager says, pass on what root asks (kadalu)."));

    /// <summary>Runs a process with given options.</summary>
    /// <param name="kind">The kind of process.</param>
    /// <returns>The exit code, when it has ended.</returns>
    /// <exception cref="CommandException">It cannot start, or has failed.</exception>
    internal static HostedProcess CreateProcess(DaemonCommands kind, GivenOptions given) => kind switch
    {
        DaemonCommands.HealDaemon => HealDaemon.Create(given),
        DaemonCommands.Gateway => VolfileGateway.Create(given),
        DaemonCommands.Agent => NodeAgent.Create(given),
        _ => StorageUnit.Create(given),
    };

    private static Command Create(DaemonCommands kind, Command command)
    {
        const string ConfigVariable = "KADALU_FSD_CONFIG";
        var config = new Option<string>("--config")
        {
            HelpName = "FILE",
            Description =
                "JSON object with any of the options below, by name. Flags win over KADALU_FSD_* variables, which win over it. " +
                $"{ConfigVariable} names it too.",
        };
        var local = new Option<string>("--local-config")
        {
            HelpName = "FILE",
            Description =
                "Another such file, for the administrator of the machine: it wins over --config's, which a pool writes. May be " +
                "missing.",
        };
        command.Add(config);
        command.Add(local);
        var flags = DaemonFlags.AddTo(command, kind);
        command.SetAction(async (parsed, _) =>
        {
            string? file = parsed.GetValue(config) ?? Environment.GetEnvironmentVariable(ConfigVariable);
            HostedProcess process;
            try
            {
                process = CreateProcess(
                    kind,
                    GivenOptions.Read(
                        kind, flags.Given(parsed), Environment.GetEnvironmentVariable, file, parsed.GetValue(local)));
            }
            catch (CommandException exception)
            {
                // Who looks later why it does not run looks there.
                if (GivenOptions.FindControl(file) is { } control)
                {
                    new RunFiles(control).NoteFailure(exception);
                }

                throw;
            }

            if (Background.IsThis)
            {
                Background.Enter();
            }

            return (int)await process.RunAsync();
        });
        return command;
    }
}
