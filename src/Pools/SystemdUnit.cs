using System.Net;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen;

namespace KadaluFsd.Pools;

/// <summary>
/// The systemd configuration of one storage unit, beside the templates <c>kadalu-fsd@.service</c> and <c>kadalu-fsd@.socket</c>:
/// files with its options, with the file system that it needs, and with the port that systemd listens on.
/// </summary>
public sealed class SystemdUnit
{
    /// <summary>The unit with a name.</summary>
    /// <param name="name">Its name: letters, digits, "_", "-" and ".".</param>
    /// <param name="root">The directory that it is written below.</param>
    /// <exception cref="CommandException">The name is invalid.</exception>
    public SystemdUnit(string name, string root)
    {
        if (!IsName(name))
        {
            throw new CommandException(
                ExitCode.Usage, $"\"{name}\" is no name for a unit: letters, digits, \"_\", \"-\" and \".\"");
        }

        (Service, Socket) = ($"kadalu-fsd@{name}.service", $"kadalu-fsd@{name}.socket");
        Options = Path.Combine(root, "etc", "kadalu-fsd", name + ".json");
        ServiceDropIn = Path.Combine(root, "etc", "systemd", "system", Service + ".d", "unit.conf");
        SocketDropIn = Path.Combine(root, "etc", "systemd", "system", Socket + ".d", "listen.conf");
    }

    /// <summary>Whether a text can be a unit's name.</summary>
    public static bool IsName(string text) => VolfileKey.TryNormalise(text, out string normal) && normal == text;

    /// <summary>systemd's name of the service.</summary>
    public string Service { get; }

    /// <summary>systemd's name of its socket.</summary>
    public string Socket { get; }

    /// <summary>Whether they are there.</summary>
    public bool IsInstalled => File.Exists(Options);

    /// <summary>The file with the options of the unit's process.</summary>
    public string Options { get; }

    private string ServiceDropIn { get; }

    private string SocketDropIn { get; }

    /// <summary>Writes them.</summary>
    /// <param name="start">The options of the unit, checked; paths are absolute.</param>
    /// <exception cref="CommandException">The volfile cannot be used, or a file cannot be written.</exception>
    public void Install(UnitStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        (string directory, ListenAddress address) = Read(start);
        Write(Options, start.ToJson());
        Write(
            ServiceDropIn,
            $"[Unit]\nRequires={Socket}\nAfter={Socket}\nRequiresMountsFor={Quote(directory)} {Quote(start.Volfile)}\n");
        Write(
            SocketDropIn,
            "[Socket]\n" + string.Concat((address.Addresses.IsEmpty ? [IPAddress.Any, IPAddress.IPv6Any] : address.Addresses)
                .Select(each => $"ListenStream={new IPEndPoint(each, address.Port)}\n")));
    }

    /// <summary>Removes them. The service must be stopped and disabled before.</summary>
    /// <exception cref="CommandException">One cannot be removed.</exception>
    public void Delete()
    {
        foreach (string path in new[] { Options, ServiceDropIn, SocketDropIn })
        {
            Guarded(path, () => OwnFiles.Remove(path));
        }

        // There may be files of others beside ours.
        IEnumerable<string> directories =
            new[] { ServiceDropIn, SocketDropIn }.Select(path => Path.GetDirectoryName(path)!).Where(Directory.Exists);
        foreach (string directory in directories)
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

    private static void Write(string path, string content) => Write(path, Encoding.UTF8.GetBytes(content));

    private static void Write(string path, byte[] content) =>
        Guarded(path, () => OwnFiles.Put(path, content, FileModes.Public));

    private static void Guarded(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"{path}: {exception.Message}");
        }
    }

    // The unit's directory, and where it listens.
    private static (string Directory, ListenAddress Address) Read(UnitStart start)
    {
        string path = start.Volfile;
        try
        {
            Volfile volfile = VolfileParser.Parse(Encoding.UTF8.GetString(BoundedFile.Read(path, VolfileParser.MaxLength)));
            return (
                UnitVolfile.Identify(volfile).Directory,
                ListenAddress.ResolveForUnit(start.BindAddress, start.Port, UnitVolfile.ReadListenAddress(volfile)));
        }
        catch (VolfileException exception)
        {
            throw new CommandException(ExitCode.VolfileRefused, $"volfile {path}: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.VolfileRefused, $"volfile {path}: {exception.Message}");
        }
    }

    // systemd.unit(5): quoted as in C, and "%" stands for specifiers.
    private static string Quote(string path) => path.Any(char.IsControl)
        ? throw new CommandException(ExitCode.Usage, $"systemd takes no path with control characters: {path}")
        : $"\"{Escape(path)}\"";

    private static string Escape(string path) => path.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal);
}
