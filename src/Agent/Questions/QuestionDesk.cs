using System.Text.Json;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;

namespace KadaluFsd.Agent.Questions;

/// <summary>Has questions answered: by this process, or by one of its own. A few at once, each within the time that it has.</summary>
/// <param name="heals">Answers here.</param>
/// <param name="exports">Likewise.</param>
/// <param name="time">The clock.</param>
internal sealed class QuestionDesk(HealReader heals, ExportReader exports, TimeProvider time) : IDisposable
{
    // Each may be a process with a graph of its own, on a node that serves clients.
    private const int MaxProcesses = 3;

    private readonly SemaphoreSlim _processes = new(MaxProcesses, MaxProcesses);

    /// <summary>Answers a question.</summary>
    /// <param name="text">It, as <see cref="NodeQuestion"/> is written.</param>
    /// <param name="gone">Nobody waits for the answer any more.</param>
    /// <exception cref="CommandException">There is no answer; says why.</exception>
    internal async Task<JsonElement> AnswerAsync(byte[] text, CancellationToken gone)
    {
        var question = NodeQuestion.Read(text);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(question.Seconds), time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(gone, limit.Token);
        try
        {
            return question.NeedsProcess ? await AskProcessAsync(text, end.Token)
                : question is NfsNumberQuestion number ? exports.Answer(number)
                : await heals.AnswerAsync(question).WaitAsync(end.Token);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"no answer within {question.Seconds:0} s");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _processes.Dispose();

    private async Task<JsonElement> AskProcessAsync(byte[] text, CancellationToken end)
    {
        await _processes.WaitAsync(end);
        try
        {
            return await QuestionProcess.AskAsync(text, end);
        }
        finally
        {
            _processes.Release();
        }
    }
}
