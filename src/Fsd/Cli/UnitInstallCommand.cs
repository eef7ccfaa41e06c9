using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Volgen;

namespace KadaluFsd.Fsd.Cli;

/// <summary>
/// <c>kadalu-fsd unit install</c> and <c>remove</c>: what systemd needs to know of one unit, beside the templates <c>kadalu-fsd@.service</c>
/// and <c>kadalu-fsd@.socket</c>.
/// </summary>
internal static class UnitInstallCommand
{
    private static readonly JsonWriterOptions s_indented = new() { Indented = true };

    /// <summary>Builds <c>install</c>.</summary>
    /// <returns>The command.</returns>
    internal static Command CreateInstall()
    {
        (Argument<string> name, Option<string> root) = (NameArgument(), RootOption());
        var command = new Command("install", "Write systemd's configuration for a unit: its options, the file system it needs, the port that systemd listens on.") { name, root };
        DaemonFlags flags = DaemonFlags.AddTo(command, DaemonCommands.Unit);
        command.SetAction(parsed => Install(new Files(parsed.GetValue(name)!, parsed.GetValue(root)!), flags.Given(parsed)));
        return command;
    }

    /// <summary>Builds <c>remove</c>.</summary>
    /// <returns>The command.</returns>
    internal static Command CreateRemove()
    {
        (Argument<string> name, Option<string> root) = (NameArgument(), RootOption());
        var command = new Command("remove", "Remove what install has written. Stop and disable the unit first.") { name, root };
        command.SetAction(parsed => Remove(new Files(parsed.GetValue(name)!, parsed.GetValue(root)!)));
        return command;
    }

    private static Argument<string> NameArgument() => new("NAME") { Description = "The unit's name: letters, digits, \"_\", \"-\" and \".\"." };

    private static Option<string> RootOption() =>
        new("--root") { HelpName = "DIR", Description = "Where the file system that is written to begins.", DefaultValueFactory = _ => "/" };

    private static int Install(Files files, Dictionary<string, string> given)
    {
        DaemonOptions options = DaemonOptionReader.Read(DaemonCommands.Unit, given, _ => null, null);
        string directory = DirectoryOf(options.Volfile);
        Files.Write(files.Options, ToJson(given.ToDictionary(pair => pair.Key, pair => Absolute(pair.Key, pair.Value))));
        Files.Write(files.ServiceDropIn, $"[Unit]\nRequires={files.Socket}\nAfter={files.Socket}\nRequiresMountsFor={Quote(directory)} {Quote(options.Volfile)}\n");
        Files.Write(files.SocketDropIn, string.Create(CultureInfo.InvariantCulture, $"[Socket]\nListenStream=0.0.0.0:{options.Port}\nListenStream=[::]:{options.Port}\n"));
        Console.WriteLine($"systemctl daemon-reload && systemctl enable --now {files.Socket} {files.Service}");
        return (int)ExitCode.Success;
    }

    private static int Remove(Files files)
    {
        files.Delete();
        return (int)ExitCode.Success;
    }

    private static string DirectoryOf(string volfile)
    {
        try
        {
            return UnitVolfile.Identify(VolfileParser.Parse(File.ReadAllText(volfile))).Directory;
        }
        catch (VolfileException exception)
        {
            throw new StartException(ExitCode.VolfileRefused, $"volfile {volfile}: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException(ExitCode.VolfileRefused, $"volfile {volfile}: {exception.Message}");
        }
    }

    // What is relative here means something else where systemd starts the unit.
    private static string Absolute(string name, string value) =>
        DaemonOptionTable.All.Single(option => option.Name == name).Placeholder is "FILE" or "DIR" && value != "-" ? OptionDefinition.FullPath(value) : value;

    private static string ToJson(Dictionary<string, string> given)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, s_indented))
        {
            writer.WriteStartObject();
            foreach ((string option, string value) in given)
            {
                writer.WriteString(option, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan) + "\n";
    }

    // systemd.unit(5): quoted as in C, and "%" stands for specifiers.
    private static string Quote(string path) => path.Any(char.IsControl)
        ? throw new StartException(ExitCode.Usage, $"systemd cannot be told of a path with control characters: {path}")
        : $"\"{path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal)}\"";

    // Where everything of one unit is.
    private sealed class Files
    {
        internal Files(string name, string root)
        {
            if (!VolfileKey.TryNormalise(name, out string normal) || normal != name)
            {
                throw new StartException(ExitCode.Usage, $"\"{name}\" is no name for a unit: letters, digits, \"_\", \"-\" and \".\"");
            }

            (Service, Socket) = ($"kadalu-fsd@{name}.service", $"kadalu-fsd@{name}.socket");
            Options = Path.Combine(root, "etc", "kadalu-fsd", name + ".json");
            ServiceDropIn = Path.Combine(root, "etc", "systemd", "system", Service + ".d", "unit.conf");
            SocketDropIn = Path.Combine(root, "etc", "systemd", "system", Socket + ".d", "listen.conf");
        }

        internal string Service { get; }

        internal string Socket { get; }

        internal string Options { get; }

        internal string ServiceDropIn { get; }

        internal string SocketDropIn { get; }

        internal static void Write(string path, string content) => Guarded(path, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path + ".new", content);
            File.Move(path + ".new", path, overwrite: true);
        });

        internal void Delete()
        {
            foreach (string path in new[] { Options, ServiceDropIn, SocketDropIn }.Where(File.Exists))
            {
                Guarded(path, () => File.Delete(path));
            }

            // Others may have put files of their own beside ours.
            foreach (string directory in new[] { ServiceDropIn, SocketDropIn }.Select(path => Path.GetDirectoryName(path)!).Where(Directory.Exists))
            {
                Guarded(directory, () =>
                {
                    if (Directory.GetFileSystemEntries(directory).Length == 0)
                    {
                        Directory.Delete(directory);
                    }
                });
            }
        }

        private static void Guarded(string path, Action action)
        {
            try
            {
                action();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new StartException(ExitCode.Usage, $"{path}: {exception.Message}");
            }
        }
    }
}
