using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;

namespace KadaluFsd.Agent.Steps;

/// <summary>Carries out a step in a process of its own, which may hang, crash or be killed.</summary>
internal static class StepProcess
{
    private const string Command = "step";
    private const int MaxError = 2000;

    /// <summary>Carries out a step, to its end: also when nobody waits for it any more.</summary>
    /// <param name="step">The step, as <see cref="NodeStep"/> is written.</param>
    /// <param name="take">Gets each line, the last of which says how it ended.</param>
    internal static async Task RunAsync(byte[] step, Func<string, Task> take)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? started = null;
        try
        {
            started = Process.Start(start);
        }
        catch (Win32Exception exception)
        {
            // Such as one whose program was replaced, or a machine without memory.
            await take(Fail($"no process for the step can be started: {exception.Message}"));
        }

        if (started is null)
        {
            return;
        }

        using Process process = started;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await WriteAsync(process, step);
        bool isEnded = false;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            isEnded = IsLast(line);
            await take(line);
        }

        await process.WaitForExitAsync();
        if (!isEnded)
        {
            string said = (await errors).Trim().ReplaceLineEndings(" ");
            string reason = $"the step was interrupted: its process ended with code {process.ExitCode}" +
                (said.Length > 0 ? $", and said: {said[..Math.Min(said.Length, MaxError)]}" : "");
            await take(Fail(reason));
        }
    }

    private static string Fail(string reason) => JsonSerializer.Serialize(
        new StepLine(Failed: new StepFailure((int)ExitCode.InternalError, reason)), StepJson.Default.StepLine);

    // One that ends before it has read all says why.
    private static async Task WriteAsync(Process process, byte[] step)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(step);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

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
