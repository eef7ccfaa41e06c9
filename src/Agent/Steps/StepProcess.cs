using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using KadaluFsd.Agent.Processes;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;

namespace KadaluFsd.Agent.Steps;

/// <summary>Carries out a step in a process of its own, which may hang, crash or be killed.</summary>
internal static class StepProcess
{
    private const string Command = "step";

    /// <summary>Carries out a step, to its end: also when nobody waits for it any more.</summary>
    /// <param name="step">The step, as <see cref="NodeStep"/> is written.</param>
    /// <param name="take">Gets each line, the last of which says how it ended.</param>
    internal static async Task RunAsync(byte[] step, Func<string, Task> take)
    {
        Process started;
        try
        {
            started = OwnProcess.Start(Command);
        }
        catch (Win32Exception exception)
        {
            await take(Fail($"no process for the step can be started: {exception.Message}"));
            return;
        }

        using Process process = started;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await OwnProcess.WriteAsync(process, step);
        bool isEnded = false;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            isEnded = IsLast(line);
            await take(line);
        }

        await process.WaitForExitAsync();
        if (!isEnded)
        {
            string end = OwnProcess.DescribeEnd(process.ExitCode, await errors);
            await take(Fail($"the step was interrupted: {end}"));
        }
    }

    private static string Fail(string reason) => JsonSerializer.Serialize(
        new StepLine(Failed: new StepFailure((int)ExitCode.InternalError, reason)), StepJson.Default.StepLine);

    private static bool IsLast(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, StepJson.Default.StepLine) is { Done: not null } or { Failed: not null };
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
