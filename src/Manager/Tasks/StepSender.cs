using System.Text.Json;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;

namespace KadaluFsd.Manager.Tasks;

/// <summary>Has a node carry out a step. One whose agent is killed meanwhile is told again: a step that was done is done.</summary>
/// <param name="clients">Asks nodes.</param>
/// <param name="nodes">The nodes that there are.</param>
/// <param name="time">The clock.</param>
internal sealed class StepSender(NodeClients clients, NodeRegistry nodes, TimeProvider time)
{
    // Of an agent that says every two seconds that it is there. A step itself may take hours: heals are waited for.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(30);

    // An agent that was killed is started again by the service manager.
    private static readonly TimeSpan s_comesBackWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // A check changes nothing, and is not waited for where a disk hangs: its node counts as away. On a busy machine it
    // takes a while: graphs are tried.
    private static readonly TimeSpan s_checksWithin = TimeSpan.FromSeconds(100);

    // Nodes say them, and they are kept.
    private const int MaxReason = 16 * 1024;

    /// <summary>Has a node carry it out.</summary>
    /// <param name="part">The node.</param>
    /// <param name="step">The step; null to see only whether the node is there.</param>
    /// <param name="isCheck">Whether it changes nothing: then a node that does not answer is not waited for.</param>
    /// <param name="say">Gets what it says meanwhile.</param>
    /// <param name="abandon">Its answer is not waited for any longer.</param>
    /// <param name="stop">The manager stops: the step is said again when it is back.</param>
    /// <returns>How it ended.</returns>
    internal async Task<TaskPart> SendAsync(
        TaskPart part, NodeStep? step, bool isCheck, Action<string> say, CancellationToken abandon, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(isCheck ? s_checksWithin : Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(abandon, limit.Token, stop);
        try
        {
            return await SendAsync(part, step, isCheck, say, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return Problem(
                part, ExitCode.PeerUnreachable,
                $"it has not said within {s_checksWithin.TotalSeconds} s whether it can: does a disk hang there?");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Problem(part, ExitCode.PeerUnreachable, "it has not answered, and was not waited for any longer");
        }
    }

    private async Task<TaskPart> SendAsync(
        TaskPart part, NodeStep? step, bool isCheck, Action<string> say, CancellationToken stop)
    {
        long heard = time.GetTimestamp();
        void Hear() => Volatile.Write(ref heard, time.GetTimestamp());
        while (true)
        {
            try
            {
                NodeDocument node = await nodes.FindAsync(part.Node, stop) ??
                    throw new CommandException(ExitCode.PoolRefused, "it was removed from the cluster");
                if (isCheck)
                {
                    await clients.AskPortsAsync(node, stop);
                }

                return step is null
                    ? part with { State = PartState.Done } : await SendOnceAsync(part, node, step, Hear, say, stop);
            }
            catch (CommandException exception) when (
                exception.Code == ExitCode.PeerUnreachable && !isCheck &&
                time.GetElapsedTime(Volatile.Read(ref heard)) < s_comesBackWithin)
            {
                await Task.Delay(s_pause, time, stop);
            }
            catch (CommandException exception)
            {
                return Problem(part, exception.Code, exception.Message);
            }
        }
    }

    private async Task<TaskPart> SendOnceAsync(
        TaskPart part, NodeDocument node, NodeStep step, Action hear, Action<string> say, CancellationToken stop)
    {
        StepLine? last = null;
        await clients.Get(node).AskForLinesAsync(
            NodePaths.Steps, JsonSerializer.SerializeToUtf8Bytes(step, StepJson.Default.NodeStep),
            line =>
            {
                hear();
                if (line.Length == 0)
                {
                    return;
                }

                last = AnswerText.Read(line, StepJson.Default.StepLine);
                if (last.Said is { } said)
                {
                    say(said);
                }
            },
            s_silence, stop);
        return last switch
        {
            { Done: { } done } => part with { State = PartState.Done, Restarts = done.Restarts },
            { Failed: { IsBusy: true } busy } => Problem(part, ExitCode.PeerUnreachable, busy.Reason),
            { Failed: { } failed } => Problem(part, (ExitCode)failed.Code, failed.Reason) with { State = PartState.Failed },
            _ => throw new CommandException(ExitCode.PeerUnreachable, "its agent has ended before the step did"),
        };
    }

    private static TaskPart Problem(TaskPart part, ExitCode code, string reason) => part with
    {
        State = code == ExitCode.PeerUnreachable ? PartState.Away : PartState.Failed,
        Problem = reason[..Math.Min(reason.Length, MaxReason)],
        Code = (int)(Enum.IsDefined(code) && code != ExitCode.Success ? code : ExitCode.PeerRefused),
    };
}
