using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using KadaluFsd.Agent.Processes;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Agent.Questions;

/// <summary>Has a question answered by a process of its own, which may hang, crash or be killed.</summary>
internal static class QuestionProcess
{
    private const string Command = "answer";

    /// <summary>Has it answered.</summary>
    /// <param name="question">The question, as <see cref="NodeQuestion"/> is written.</param>
    /// <param name="cancellation">Kills the process, and what it has started.</param>
    /// <exception cref="CommandException">There is no answer; says why.</exception>
    internal static async Task<JsonElement> AskAsync(byte[] question, CancellationToken cancellation)
    {
        using Process process = Start();
        await using CancellationTokenRegistration end =
            cancellation.Register(() => process.Kill(entireProcessTree: true));
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        Task<byte[]> output = Task.Run(() => ReadAnswer(process), CancellationToken.None);
        await OwnProcess.WriteAsync(process, question);
        byte[] answer = await output;
        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return Read(answer) switch
        {
            { Said: { } said } => said,
            { Failed: { } failed } => throw new CommandException(
                (ExitCode)(failed.Code ?? (int)ExitCode.InternalError), failed.Error),
            _ => throw new CommandException(
                ExitCode.InternalError,
                $"the question was not answered: {OwnProcess.DescribeEnd(process.ExitCode, await errors)}"),
        };
    }

    private static Process Start()
    {
        try
        {
            return OwnProcess.Start(Command);
        }
        catch (Win32Exception exception)
        {
            throw new CommandException(
                ExitCode.SystemRefused, $"no process for the question can be started: {exception.Message}");
        }
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
            process.Kill(entireProcessTree: true);
            return JsonSerializer.SerializeToUtf8Bytes(
                new NodeAnswer(Failed: new ControlError($"the answer is {exception.Message}", (int)ExitCode.PoolRefused)),
                QuestionJson.Default.NodeAnswer);
        }
    }

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
