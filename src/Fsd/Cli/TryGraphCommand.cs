using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Native;
using KadaluFsd.Pools;
using KadaluFsd.Storage;
using KadaluFsd.Volgen;

namespace KadaluFsd.Fsd.Cli;

/// <summary>
/// <c>kadalu-fsd try-graph VOLFILE DIRECTORY</c>, which <see cref="GraphTrial"/> starts: brings a graph up and reconfigures it,
/// as a change does. Prints the result in one line and kills itself, so that no translator can hang or crash at the end.
/// </summary>
internal static class TryGraphCommand
{
    internal static Command Create()
    {
        var volfile = new Argument<string>("VOLFILE") { Description = "The graph's volfile." };
        var directory = new Argument<string>("DIRECTORY") { Description = "A directory that is used by nothing else." };
        var command = new Command(GraphTrial.Command, "Try whether a graph comes up.") { volfile, directory };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            string verdict = Try(parsed.GetValue(volfile)!, parsed.GetValue(directory)!);
            using (var output = new StreamWriter(Console.OpenStandardOutput()))
            {
                output.WriteLine(verdict);
            }

            using var self = System.Diagnostics.Process.GetCurrentProcess();
            self.Kill();
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static string Try(string path, string directory)
    {
        string log = Path.Combine(directory, "log");
        try
        {
            Volfile volfile = VolfileParser.Parse(File.ReadAllText(path));
            GlusterLibrary library = GraphStarter.LoadLibrary();
            var context = new GlusterContext();
            context.Open(library, log, GlusterLogLevel.Error, "trial");
            string text;
            if (volfile.Top.Type == UnitVolfile.ServerType)
            {
                string unit = Path.Combine(directory, "unit");
                OwnFiles.CreateDirectory(HiddenDirectory.PathIn(unit, HiddenDirectory.Indices));
                if (UnitVolfile.Identify(volfile).VolumeId is { } id && ExtendedAttribute.Create(
                    unit, UnitDirectory.VolumeIdAttribute, id.ToByteArray(bigEndian: true)) != Errno.None)
                {
                    // The temporary directory has no such attributes: the graph cannot be tried.
                    return GraphTrial.Good;
                }

                Volfile prepared = UnitVolfile.WithoutHealthCheck(TrialVolfile.Prepare(volfile, unit));
                string listenPath = GraphStarter.Start(
                    context, socket => VolfilePrinter.Print(UnitVolfile.ListenPrivately(prepared, socket)), log);
                text = VolfilePrinter.Print(UnitVolfile.ListenPrivately(prepared, listenPath));
            }
            else
            {
                Volfile prepared = TrialVolfile.Prepare(volfile, directory);
                GraphStarter.StartClient(context, prepared, log);
                text = VolfilePrinter.Print(prepared);
            }

            GraphStarter.Try(context, log, () => context.Reconfigure(text));
            return GraphTrial.Good;
        }
        catch (Exception exception) when (
            exception is CommandException or VolfileException or GraphException or IOException or UnauthorizedAccessException)
        {
            return exception.Message.ReplaceLineEndings(" ");
        }
    }
}
