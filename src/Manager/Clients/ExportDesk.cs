using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Questions;

namespace KadaluFsd.Manager.Clients;

/// <summary>Has file servers of nodes give pools to their clients. A node has the exports of its own pools alone.</summary>
/// <param name="pools">The pools.</param>
/// <param name="questions">Asks their nodes.</param>
internal sealed class ExportDesk(PoolRegistry pools, PoolQuestions questions)
{
    // Other commands of the pool may have to end first. A node's agent waits for the manager a little longer.
    private const double ForServer = 100;

    /// <summary>Exports a pool by NFS, or ends that.</summary>
    /// <exception cref="CommandException">It cannot be exported so.</exception>
    internal Task<ExportDone> ExportAsync(string name, NfsExportOrder order, CancellationToken cancellation) => AskAsync(
        name, order.Node, isEnd: order.Terms is null, id => new NfsExportQuestion(name, id, order.Terms) { Seconds = ForServer },
        cancellation);

    /// <summary>Shares a pool by SMB, or ends that.</summary>
    /// <exception cref="CommandException">It cannot be shared so.</exception>
    internal Task<ExportDone> ShareAsync(string name, SmbShareOrder order, CancellationToken cancellation) => AskAsync(
        name, order.Node, isEnd: order.Terms is null, id => new SmbShareQuestion(name, id, order.Terms) { Seconds = ForServer },
        cancellation);

    // What is left of the export of a pool that was deleted can be ended as well.
    private async Task<ExportDone> AskAsync(
        string name, string node, bool isEnd, Func<Guid, NodeQuestion> question, CancellationToken cancellation)
    {
        if (isEnd && await pools.FindAsync(name, cancellation) is null)
        {
            return await questions.AskAsync(node, question(Guid.Empty), QuestionJson.Default.ExportDone, cancellation);
        }

        KnownPool known = await pools.GetAsync(name, cancellation);
        return isEnd || known.Record.Phase == PoolPhase.Started
            ? await questions.AskAsync(
                known, node, question(known.Record.Id), QuestionJson.Default.ExportDone, questions.Begin(), cancellation)
            : throw new CommandException(ExitCode.PoolRefused, $"{name} is not started (kadalu pool start {name})");
    }
}
