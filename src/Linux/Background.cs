using System.Diagnostics;

namespace KadaluFsd.Linux;

/// <summary>
/// Runs this program in the background, as daemons do: the process that started it gets an exit code when clients can be served,
/// or when that has failed. A process with a runtime cannot fork, so it executes itself again.
/// </summary>
public static class Background
{
    private const string Variable = "KADALU_FSD_IN_BACKGROUND";
    private const string ReadyLine = "ready";

    /// <summary>Whether this process is the one in the background.</summary>
    public static bool IsThis { get; } = Environment.GetEnvironmentVariable(Variable) is not null;

    /// <summary>Starts the program in the background and waits until it is ready.</summary>
    /// <param name="without">Tells which environment variables it does not get.</param>
    /// <param name="started">Called with the id of the process as soon as there is one.</param>
    /// <param name="refused">Gets what it says where it does not start; null to pass that on.</param>
    /// <returns>0, or the exit code it ended with instead.</returns>
    public static async Task<int> StartAsync(
        IEnumerable<string> arguments, Func<string, bool>? without = null, Action<int>? started = null,
        Action<string>? refused = null)
    {
        var start = new ProcessStartInfo(FindOwnPath(), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string variable in start.Environment.Keys.Where(without ?? (_ => false)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        start.Environment[Variable] = "1";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("no process was started");
        started?.Invoke(process.Id);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (await process.StandardOutput.ReadLineAsync() == ReadyLine)
        {
            return 0;
        }

        await process.WaitForExitAsync();
        if (refused is null)
        {
            await Console.Error.WriteAsync(await errors);
        }
        else
        {
            refused(await errors);
        }

        return process.ExitCode;
    }

    // By the name that this one was called by, which pidof(8) and ps(1) show: managers call it glusterfsd.
    private static string FindOwnPath()
    {
        string called = Environment.GetCommandLineArgs()[0];
        IEnumerable<string> places = called.Contains('/', StringComparison.Ordinal)
            ? [called]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(directory => Path.Combine(directory, called));
        return FileStatus.Read(Environment.ProcessPath!, out FileStatus own) != Errno.None
            ? Environment.ProcessPath!
            : places.FirstOrDefault(
                place => FileStatus.Read(place, out FileStatus there) == Errno.None && there.IsSameFile(own))
                ?? Environment.ProcessPath!;
    }

    /// <summary>
    /// Leaves the terminal and the working directory that it was started with. In the background process, once its options have
    /// been read.
    /// </summary>
    public static void Enter()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        ProcessSession.Lead();
        Environment.CurrentDirectory = "/";
    }

    /// <summary>Tells the process in the foreground that clients can be served, and closes the standard streams.</summary>
    public static void Ready()
    {
        using (var output = new StreamWriter(Console.OpenStandardOutput()))
        {
            output.WriteLine(ReadyLine);
        }

        ProcessSession.CloseStandardStreams();
    }
}
