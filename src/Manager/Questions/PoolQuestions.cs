using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Questions;

/// <summary>Asks nodes of a pool: all of them, or one that answers.</summary>
/// <param name="nodes">The nodes.</param>
/// <param name="presence">Which of them are there.</param>
/// <param name="clients">Asks them.</param>
/// <param name="time">The clock.</param>
internal sealed class PoolQuestions(NodeRegistry nodes, NodePresence presence, NodeClients clients, TimeProvider time)
{
    // With that less than an agent waits for the manager.
    private static readonly TimeSpan s_forAll = TimeSpan.FromSeconds(105);

    /// <summary>Begins to answer a request of a command: all that is asked for it is asked within the limit.</summary>
    internal AnswerLimit Begin() => new(time, s_forAll);

    /// <summary>Asks all nodes of a pool, at the same time.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="question">The question, with the seconds that an answer may take.</param>
    /// <param name="type">How an answer is read.</param>
    /// <param name="limit">The limit of all that is asked.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What each has said, in the order of the pool's units.</returns>
    internal Task<NodeReply<T>[]> AskAllAsync<T>(
        KnownPool pool, NodeQuestion question, JsonTypeInfo<T> type, AnswerLimit limit, CancellationToken cancellation)
        where T : class =>
        Task.WhenAll(pool.Nodes.Select(node => TryAskAsync(node, question, type, limit, cancellation)));

    /// <summary>Asks one node of a pool after the other, those first that were heard of lately, until one can answer.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="question">The question.</param>
    /// <param name="type">How the answer is read.</param>
    /// <param name="limit">The limit of all that is asked.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <param name="isOrder">Whether it changes something: what one node has refused no other one is told then.</param>
    /// <returns>Its answer.</returns>
    /// <exception cref="CommandException">None can, or one refuses what is asked.</exception>
    internal async Task<(string Node, T Answer)> AskOneAsync<T>(
        KnownPool pool, NodeQuestion question, JsonTypeInfo<T> type, AnswerLimit limit, CancellationToken cancellation,
        bool isOrder = false)
        where T : class
    {
        var problems = new List<NodeProblem>();
        foreach (PoolNode node in pool.Nodes.OrderBy(node => presence.IsUp(Guid.Parse(node.Id)) ? 0 : 1))
        {
            NodeReply<T> reply = await TryAskAsync(node, question, type, limit, cancellation);
            if (reply.Answer is { } answer)
            {
                return (node.Name, answer);
            }

            problems.Add(reply.Problem!);
            var code = (ExitCode)reply.Problem!.Code;
            if (code == ExitCode.Usage || (isOrder && code != ExitCode.PeerUnreachable))
            {
                break;
            }
        }

        throw Refusal(problems);
    }

    /// <summary>Asks the node of a pool that has a name.</summary>
    /// <exception cref="CommandException">It is none of the pool, or does not answer.</exception>
    internal async Task<T> AskAsync<T>(
        KnownPool pool, string name, NodeQuestion question, JsonTypeInfo<T> type, AnswerLimit limit,
        CancellationToken cancellation)
        where T : class
    {
        // The pool may call it by an earlier name.
        Guid? meant = (await nodes.FindAsync(name, cancellation))?.Id;
        PoolNode node = (meant is { } id ? pool.FindNode(id) : null) ??
            pool.Nodes.FirstOrDefault(node => node.Name == name) ?? throw new CommandException(
            ExitCode.Usage, $"{pool.Record.Name} has no unit on a node \"{name}\"");
        NodeReply<T> reply = await TryAskAsync(node, question, type, limit, cancellation);
        return reply.Answer ?? throw Refusal([reply.Problem!]);
    }

    /// <summary>Asks a node about a pool that the cluster has no more.</summary>
    /// <exception cref="CommandException">It is none of the cluster, or does not answer.</exception>
    internal async Task<T> AskAsync<T>(
        string name, NodeQuestion question, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        NodeDocument node = await nodes.GetAsync(name, cancellation);
        return await clients.AskAsync(node, question, type, cancellation);
    }

    /// <summary>Why nothing was answered by anybody. What all say is said once.</summary>
    internal static CommandException Refusal(IReadOnlyCollection<NodeProblem> problems)
    {
        NodeProblem first = problems.FirstOrDefault(problem => problem.Code != (int)ExitCode.PeerUnreachable) ?? problems.First();
        return new CommandException(
            (ExitCode)first.Code,
            string.Join(
                "; ", problems.GroupBy(problem => problem.Problem)
                    .Select(same => $"{string.Join(", ", same.Select(problem => problem.Node))}: {same.Key}")));
    }

    private async Task<NodeReply<T>> TryAskAsync<T>(
        PoolNode node, NodeQuestion question, JsonTypeInfo<T> type, AnswerLimit limit, CancellationToken cancellation)
        where T : class
    {
        try
        {
            double seconds = limit.FindSeconds(question.Seconds) ?? throw new CommandException(
                ExitCode.PeerUnreachable, "not asked: other nodes have taken too long");
            NodeDocument document = await nodes.FindAsync(Guid.Parse(node.Id), cancellation) ??
                throw new CommandException(ExitCode.PoolRefused, "it was removed from the cluster");
            T answer = await clients.AskAsync(document, question with { Seconds = seconds }, type, cancellation);
            return new NodeReply<T>(node.Name, answer, null);
        }
        catch (CommandException exception)
        {
            return new NodeReply<T>(
                node.Name, null, new NodeProblem(node.Name, exception.Message, (int)exception.Code));
        }
    }
}

/// <summary>What a node has said: one of the two.</summary>
/// <typeparam name="T">The answer.</typeparam>
/// <param name="Node">The node.</param>
/// <param name="Answer">What it has said.</param>
/// <param name="Problem">Why it has said nothing.</param>
internal sealed record NodeReply<T>(string Node, T? Answer, NodeProblem? Problem)
    where T : class;
