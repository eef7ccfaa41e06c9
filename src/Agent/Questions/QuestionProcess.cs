using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using KadaluFsd.Agent.Processes;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Agent.Questions;

/// <summary>
/// Has a question answered by a process of its own, which may hang, crash or be killed. One that waits for a disk in the kernel does not end
/// when it is killed: it is not waited for.
/// </summary>
internal sealed class QuestionProcess
{
    private const string Command = "answer";

    private readonly Process _process;
    private readonly Task<NodeAnswer> _answer;

    private QuestionProcess(Process process, Task<NodeAnswer> answer) => (_process, _answer) = (process, answer);

    /// <summary>Completes when the process has ended, and never fails.</summary>
    internal Task Ended => _answer.ContinueWith(
        _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Starts one.</summary>
    /// <param name="question">The question, as <see cref="NodeQuestion"/> is written.</param>
    /// <param name="program">The program; null for this one.</param>
    /// <exception cref="CommandException">It cannot be started.</exception>
    internal static QuestionProcess Start(byte[] question, string? program)
    {
        try
        {
            Process process = OwnProcess.Start(Command, program);
            return new QuestionProcess(process, RunAsync(process, question));
        }
        catch (Win32Exception exception)
        {
            throw new CommandException(
                ExitCode.SystemRefused, $"no process for the question can be started: {exception.Message}");
        }
    }

    /// <summary>Waits for the answer.</summary>
    /// <param name="cancellation">Kills the process, and what it has started, and waits no longer, whether or not they end.</param>
    /// <exception cref="CommandException">There is no answer; says why.</exception>
    internal async Task<JsonElement> GetAnswerAsync(CancellationToken cancellation)
    {
        NodeAnswer answer;
        try
        {
            answer = await _answer.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Kill(_process);
            throw;
        }

        return answer.Said ?? throw new CommandException(
            (ExitCode)(answer.Failed?.Code ?? (int)ExitCode.InternalError), answer.Failed?.Error ?? "");
    }

    private static async Task<NodeAnswer> RunAsync(Process started, byte[] question)
    {
        using Process process = started;
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        Task<byte[]> output = Task.Run(() => ReadAnswer(process), CancellationToken.None);
        await OwnProcess.WriteAsync(process, question);
        byte[] answer = await output;
        await process.WaitForExitAsync(CancellationToken.None);
        return Read(answer) is { } read && (read.Said is not null || read.Failed is not null) ? read : Fail(
            ExitCode.InternalError, $"the question was not answered: {OwnProcess.DescribeEnd(process.ExitCode, await errors)}");
    }

    // One that says too much is ended: nobody reads the rest.
    private static byte[] ReadAnswer(Process process)
    {
        try
        {
            return BoundedFile.Read(process.StandardOutput.BaseStream, NodeQuestion.MaxAnswer);
        }
        catch (IOException exception)
        {
            Kill(process);
            return JsonSerializer.SerializeToUtf8Bytes(
                Fail(ExitCode.PoolRefused, $"the answer is {exception.Message}"), QuestionJson.Default.NodeAnswer);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended just now.
        }
    }

    private static NodeAnswer Fail(ExitCode code, string reason) => new(Failed: new ControlError(reason, (int)code));

    private static NodeAnswer? Read(byte[] answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, QuestionJson.Default.NodeAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
