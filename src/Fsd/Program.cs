using System.CommandLine;
using KadaluFsd.CommandLine;
using KadaluFsd.Fsd.Cli;
using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Native;

namespace KadaluFsd.Fsd;

/// <summary>The entry point.</summary>
internal static class Program
{
    // Of System.CommandLine's HelpOption.
    private static readonly string[] s_help = ["--help", "-h", "-?", "/h", "/?"];

    private static async Task<int> Main(string[] arguments)
    {
        var run = new ProgramRun("kadalu-fsd");
        int code = await run.GuardAsync(() =>
        {
            InheritedDescriptors.Close(keep: PassedSockets.TakeFromEnvironment());
            MovedCommands.Refuse(arguments);
            return GlusterfsdCommand.IsMeant(arguments)
                ? GlusterfsdCommand.RunAsync(arguments) : run.InvokeAsync(arguments, Parse);
        });

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

    // A process that hosts a graph starts without building all other commands, and without the texts of a help option.
    private static ParseResult Parse(string[] arguments, ParserConfiguration configuration)
    {
        Command? alone = arguments.Any(argument => s_help.Contains(argument)) ? null : arguments.FirstOrDefault() switch
        {
            "unit" => DaemonCommand.CreateUnit(),
            "heal-daemon" => DaemonCommand.CreateHealDaemon(),
            _ => null,
        };

        // The command's name is parsed as a program's.
        return (alone ?? CommandTree.Create()).Parse(arguments, configuration);
    }
}
