using System.CommandLine;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Pools;
using KadaluFsd.Serving.Options;

namespace KadaluFsd.Fsd.Cli;

/// <summary>
/// <c>kadalu-fsd unit install</c> and <c>remove</c>: the systemd configuration of one unit, beside the templates
/// <c>kadalu-fsd@.service</c> and <c>kadalu-fsd@.socket</c>.
/// </summary>
internal static class UnitInstallCommand
{
    /// <summary>Builds <c>install</c>.</summary>
    internal static Command CreateInstall()
    {
        (Argument<string> name, Option<string> root) = (NameArgument(), RootOption());
        var command =
            new Command("install",
                "Write systemd's configuration for a unit: its options, the file system it needs, the port that systemd " +
                "listens on.") { name, root };
        DaemonFlags flags = DaemonFlags.AddTo(command, DaemonCommands.Unit);
        command.SetAction(
            parsed => Install(new SystemdUnit(parsed.GetValue(name)!, parsed.GetValue(root)!), flags.Given(parsed)));
        return command;
    }

    /// <summary>Builds <c>remove</c>.</summary>
    internal static Command CreateRemove()
    {
        (Argument<string> name, Option<string> root) = (NameArgument(), RootOption());
        var command = new Command("remove", "Remove what install has written. Stop and disable the unit first.") { name, root };
        command.SetAction(parsed => Remove(new SystemdUnit(parsed.GetValue(name)!, parsed.GetValue(root)!)));
        return command;
    }

    private static Argument<string> NameArgument() =>
        new("NAME") { Description = "The unit's name: letters, digits, \"_\", \"-\" and \".\"." };

    private static Option<string> RootOption() =>
        new("--root")
        {
            HelpName = "DIR",
            Description = "Write below this directory instead of /.",
            DefaultValueFactory = _ => "/"
        };

    private static int Install(SystemdUnit unit, Dictionary<string, string> flags)
    {
        var given = GivenOptions.Read(DaemonCommands.Unit, flags, _ => null, file: null);
        _ = DaemonCommand.CreateProcess(DaemonCommands.Unit, given);
        var listen = ListenOptions.Of(given);
        unit.Install(new UnitStart
        {
            Volfile = given[DaemonOptionTable.Volfile]!,
            Port = listen.Port,
            BindAddress = listen.BindAddress,
            Others = DaemonOptionTable.For(DaemonCommands.Unit)
                .Where(option => flags.ContainsKey(option.Name) && option.Name is not
                    (DaemonOptionTable.Volfile or DaemonOptionTable.Port or DaemonOptionTable.BindAddress))
                .ToDictionary(option => option.Name, object (option) => TextOf(option, flags, given)),
        });
        Console.WriteLine($"systemctl daemon-reload && systemctl enable --now {unit.Socket} {unit.Service}");
        return (int)ExitCode.Success;
    }

    private static int Remove(SystemdUnit unit)
    {
        if (!unit.IsInstalled)
        {
            Console.WriteLine($"{unit.Service} is not installed");
        }

        unit.Delete();
        return (int)ExitCode.Success;
    }

    // A relative path would mean something else when systemd starts the unit.
    private static string TextOf(OptionDefinition option, Dictionary<string, string> flags, GivenOptions given) =>
        option.Form.IsPath ? given[option.Name]! : flags[option.Name];
}
