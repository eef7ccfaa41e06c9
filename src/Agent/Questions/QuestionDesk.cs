using System.Collections.Concurrent;
using System.Text.Json;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;

namespace KadaluFsd.Agent.Questions;

/// <summary>Has questions answered: by this process, or by one of its own. A few at once, each within the time that it has.</summary>
/// <param name="heals">Answers here.</param>
/// <param name="exports">Likewise.</param>
/// <param name="time">The clock.</param>
/// <param name="program">The program whose processes answer; null for this one.</param>
internal sealed class QuestionDesk(HealReader heals, ExportReader exports, TimeProvider time, string? program = null)
    : IDisposable
{
    // Each may be a process with a graph of its own, on a node that serves clients.
    private const int MaxProcesses = 4;

    // Those of a pool whose disk hangs do not end, and leave places for other pools.
    private const int MaxOfPool = 2;

    private readonly SemaphoreSlim _processes = new(MaxProcesses, MaxProcesses);
    private readonly ConcurrentDictionary<Guid, SemaphoreSlim> _ofPools = new();

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
            return question.NeedsProcess ? await AskProcessAsync(question.PoolId, text, end.Token)
                : question is NfsNumberQuestion number ? exports.Answer(number)
                : await heals.AnswerAsync(question).WaitAsync(end.Token);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"no answer within {question.Seconds:0} s");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Those of pools are left to the garbage collector: processes may end later.
        _processes.Dispose();
    }

    private async Task<JsonElement> AskProcessAsync(Guid pool, byte[] text, CancellationToken end)
    {
        SemaphoreSlim ofPool = _ofPools.GetOrAdd(pool, _ => new SemaphoreSlim(MaxOfPool, MaxOfPool));
        await ofPool.WaitAsync(end);
        try
        {
            await _processes.WaitAsync(end);
        }
        catch
        {
            ofPool.Release();
            throw;
        }

        Task ended = Task.CompletedTask;
        try
        {
            var process = QuestionProcess.Start(text, program);
            ended = process.Ended;
            return await process.GetAnswerAsync(end);
        }
        finally
        {
            // The pool gets its place back when the process has really ended, so that there are never more of them.
            _processes.Release();
            _ = ended.ContinueWith(
                _ => ofPool.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }
}
