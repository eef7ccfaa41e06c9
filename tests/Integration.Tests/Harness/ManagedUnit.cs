using System.Diagnostics;
using System.Globalization;

namespace KadaluFsd.Integration.Tests.Harness;

/// <summary>A unit in the hands of Kadalu's manager: started with glusterfsd's arguments, known by its pid file.</summary>
internal sealed class ManagedUnit : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly Workspace _workspace;
    private readonly UnitDefinition _unit;
    private readonly string _id;

    private ManagedUnit(Workspace workspace, UnitDefinition unit)
    {
        _workspace = workspace;
        _unit = unit;
        _id = $"{unit.Pool}.server1.{unit.Directory.Trim('/').Replace('/', '-')}";
        Program = workspace.Path("bin", "glusterfsd");
        if (!File.Exists(Program))
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Program)!);
            File.CreateSymbolicLink(Program, Workspace.Program);
        }
    }

    /// <summary>A link to the program, under the name that the manager looks for.</summary>
    internal string Program { get; }

    internal string PidFile => _workspace.Path("run", _id + ".pid");

    internal string Socket => _workspace.Path("run", "0b1de2f4-3a1e-4f5b-9f0a-3d1a6a9a6a10." + _id + ".socket");

    internal string Log => _workspace.Path("log", "storage_units", _id + ".log");

    internal string LogText => File.ReadAllText(Log);

    internal int Pid => int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);

    /// <summary>Whether the manager takes the unit for running.</summary>
    internal bool IsRunning => File.Exists(PidFile) && File.Exists($"/proc/{Pid}/cmdline") && File.ReadAllText($"/proc/{Pid}/cmdline").Length > 0;

    /// <summary>The manager's arguments, in its order.</summary>
    internal string[] Arguments =>
    [
        "--volfile-id", _id, "-S", Socket, "-p", PidFile, "--brick-name", _unit.Directory, "-l", Log,
        "--xlator-option", "*-posix.glusterd-uuid=0b1de2f4-3a1e-4f5b-9f0a-3d1a6a9a6a10", "--process-name", "storage-unit",
        "--brick-port", _unit.Port.ToString(CultureInfo.InvariantCulture),
        "--xlator-option", $"{_unit.Pool}-server.listen-port={_unit.Port}", "-f", _unit.Volfile,
    ];

    internal static ManagedUnit Create(Workspace workspace, UnitDefinition unit)
    {
        Directory.CreateDirectory(workspace.Path("run"));
        return workspace.Own(new ManagedUnit(workspace, unit));
    }

    /// <summary>Starts the unit and waits for what was started to end, as the manager does.</summary>
    internal Task<Command> StartAsync(params string[] more) => Command.RunAsync(Program, [.. Arguments, .. more]);

    /// <summary>Sends a signal to the process of the pid file.</summary>
    internal Task SignalAsync(string name) => Command.MustAsync("kill", $"-{name}", Pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits until a process is gone.</summary>
    internal static async Task GoneAsync(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            using var limit = new CancellationTokenSource(s_limit);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (ArgumentException)
        {
            // Gone already.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
        {
            int pid = Pid;
            await Command.RunAsync("kill", "-KILL", pid.ToString(CultureInfo.InvariantCulture));
            await GoneAsync(pid);
        }
    }
}
