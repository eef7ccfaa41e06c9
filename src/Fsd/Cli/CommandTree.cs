using System.CommandLine;

namespace KadaluFsd.Fsd.Cli;

/// <summary>All commands of the program. The man pages are made of this tree (tools/Reference).</summary>
internal static class CommandTree
{
    internal static RootCommand Create()
    {
        var root = new RootCommand("A storage unit of Kadalu Storage: GlusterFS's own translators, hosted in one small process.")
        {
            DaemonCommand.CreateUnit(),
            DaemonCommand.CreateHealDaemon(),
            DaemonCommand.CreateGateway(),
            DaemonCommand.CreateAgent(),
            VolfileCommand.Create(),
            OptionsCommand.Create(),
            StepCommand.Create(),
            AnswerCommand.Create(),
            UnitConditionCommand.Create(),
            TryGraphCommand.Create(),
        };
        foreach (Command command in ControlCommand.Create())
        {
            root.Add(command);
        }

        return root;
    }
}
