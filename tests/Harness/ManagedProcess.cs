using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>
/// A process in the hands of Kadalu's manager: started with the arguments of GlusterFS's program, known by its pid file.
/// </summary>
internal abstract class ManagedProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = Patience.Limit;

    /// <summary>Makes a link to the program.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="program">The name under which it is started.</param>
    protected ManagedProcess(Workspace workspace, string program)
    {
        Workspace = workspace;
        Program = workspace.Path("bin", program);
        Directory.CreateDirectory(workspace.Path("run"));
        if (!File.Exists(Program))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Program)!);
            File.CreateSymbolicLink(Program, Harness.Workspace.Program);
        }
    }

    /// <summary>A link to the program, under the name that the manager looks for.</summary>
    internal string Program { get; }

    internal abstract string PidFile { get; }

    internal abstract string Log { get; }

    /// <summary>The manager's arguments, in its order.</summary>
    internal abstract string[] Arguments { get; }

    internal string LogText => File.ReadAllText(Log);

    internal int Pid => int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);

    /// <summary>Whether the manager takes it for running.</summary>
    internal bool IsRunning =>
        File.Exists(PidFile) && File.Exists($"/proc/{Pid}/cmdline") && File.ReadAllText($"/proc/{Pid}/cmdline").Length > 0;

    protected Workspace Workspace { get; }

    /// <summary>Starts it and waits for what was started to end, as the manager does.</summary>
    internal Task<Command> StartAsync(params string[] more) => Command.RunAsync(Program, [.. Arguments, .. more]);

    /// <summary>Sends a signal to the process of the pid file.</summary>
    internal Task SignalAsync(string name) => Command.MustAsync("kill", $"-{name}", Pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Stops it as the manager does: it does not wait, and fails where the pid file is not there any more.</summary>
    internal async Task StopAsync()
    {
        await SignalAsync("TERM");
        Assert.True(File.Exists(PidFile), $"{PidFile} has been removed, which is for the manager to do");
        File.Delete(PidFile);
    }

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
