using System.CommandLine;
using KadaluFsd.CommandLine;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Linux;
using KadaluFsd.Manager;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu manager</c>: runs the manager, in the foreground.</summary>
internal static class ManagerCommand
{
    /// <summary>Its name.</summary>
    internal const string Name = "manager";

    internal static Command Create()
    {
        var command = new Command(Name, "Run the manager of a cluster in the foreground, on one of its nodes.");
        var flags = DaemonFlags.AddTo(command, DaemonCommands.Manager);
        command.SetAction(async (parsed, _) =>
        {
            var process = ClusterManager.Create(GivenOptions.Read(
                DaemonCommands.Manager, flags.Given(parsed), Environment.GetEnvironmentVariable, file: null));
            if (Background.IsThis)
            {
                Background.Enter();
            }

            return (int)await process.RunAsync();
        });
        return command;
    }
}
