using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Questions;

namespace KadaluFsd.Manager.Heals;

/// <summary>Compares copies of all files of a pool, some at a time: whoever asks says where it goes on.</summary>
/// <param name="heals">Finds pools.</param>
/// <param name="questions">Asks their nodes.</param>
/// <param name="time">The clock.</param>
internal sealed class ScrubDesk(HealDesk heals, PoolQuestions questions, TimeProvider time)
{
    private const int MaxEntries = 1000;
    private const long SmallestPiece = 1024 * 1024;

    // All questions of one request have a limit besides. A node may be busy.
    private const double ForNames = 30;
    private const double ForReading = 15;
    private const double ForPieces = 60;
    private const double ForSecondLooks = 40;
    private const int MaxSecondLooks = 2;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    /// <summary>Compares the copies of some more files.</summary>
    /// <exception cref="CommandException">There is no such pool, or no node answers.</exception>
    internal async Task<ScrubAnswer> CompareAsync(string name, ScrubOrder order, CancellationToken cancellation)
    {
        if (order.BytesPerSecond < 1)
        {
            throw new CommandException(ExitCode.Usage, "the rate is less than a byte per second");
        }

        AnswerLimit limit = questions.Begin();
        KnownPool known = await heals.GetAsync(name, cancellation);
        var problems = new ScrubProblems();
        int together = known.Pool.Members.GroupBy(member => member.Unit.Node.Name).Max(node => node.Count());
        long most = Math.Max(SmallestPiece, (long)(order.BytesPerSecond * ForReading) / together);
        ScrubBatch batch = order.From is { Offset: { } offset, Path: var large }
            ? ScrubBatch.Continue(large, offset, most)
            : ScrubBatch.Of(await ListAsync(known, order, problems, limit, cancellation), most);
        if (batch.Pieces.Length == 0)
        {
            return new ScrubAnswer(batch.Next, 0, 0, [], problems.ToArray());
        }

        FileLook[] looks = await LookAsync(known, batch.Pieces, order, ForPieces, problems, limit, cancellation);
        problems.AddUnread(looks);
        ScrubPlace? next = batch.FindNext(looks);
        return new ScrubAnswer(
            next, looks.LongCount(look => look.IsThere) - (next?.Offset is null ? 0 : 1), looks.Sum(look => look.BytesRead),
            await FindAsync(known, looks, order, problems, limit, cancellation), problems.ToArray());
    }

    private async Task<NodeEntries[]> ListAsync(
        KnownPool known, ScrubOrder order, ScrubProblems problems, AnswerLimit limit, CancellationToken cancellation)
    {
        NodeReply<NodeEntries>[] replies = await questions.AskAllAsync(
            known,
            new FileListQuestion(known.Record.Name, known.Record.Id, order.Path, order.From?.Path, MaxEntries)
            {
                Seconds = ForNames,
            },
            QuestionJson.Default.NodeEntries, limit, cancellation);
        problems.Add(replies);
        NodeEntries[] lists = [.. replies.Select(reply => reply.Answer).OfType<NodeEntries>()];
        foreach (string problem in lists.SelectMany(list => list.Problems))
        {
            problems.Add(problem);
        }

        return order.From is null && lists.All(list => list.Entries.Length == 0)
            ? throw new CommandException(ExitCode.PoolRefused, $"no unit of {known.Record.Name} has {order.Path}") : lists;
    }

    private async Task<FileLook[]> LookAsync(
        KnownPool known, FilePiece[] pieces, ScrubOrder order, double seconds, ScrubProblems problems,
        AnswerLimit limit, CancellationToken cancellation)
    {
        NodeReply<NodePieces>[] replies = await questions.AskAllAsync(
            known,
            new FilePieceQuestion(known.Record.Name, known.Record.Id, pieces, order.BytesPerSecond) { Seconds = seconds },
            QuestionJson.Default.NodePieces, limit, cancellation);
        problems.Add(replies);
        return
        [
            .. pieces.Select((piece, place) => FileLook.Of(
                known.Pool, piece,
                replies.Select(reply => reply.Answer?.Files).OfType<FileCopy[][]>().Where(files => files.Length > place)
                    .SelectMany(files => files[place]))),
        ];
    }

    // What differs is looked at again: it may have been in the middle of a change.
    private async Task<ScrubFinding[]> FindAsync(
        KnownPool known, FileLook[] looks, ScrubOrder order, ScrubProblems problems, AnswerLimit limit,
        CancellationToken cancellation)
    {
        var findings = new List<ScrubFinding>();
        FileLook[] doubtful = [.. looks.Where(look => look.Differences.Length > 0)];
        for (int attempt = 1; doubtful.Length > 0; attempt++)
        {
            await Task.Delay(s_pause, time, cancellation);
            FilePiece[] parents = [.. doubtful.SelectMany(look => look.Parents).Distinct()];
            FileLook[] again = await LookAsync(
                known, [.. doubtful.Select(look => look.Piece), .. parents], order, ForSecondLooks, problems, limit,
                cancellation);
            Dictionary<FilePiece, FileLook> parentOf = again[doubtful.Length..].DistinctBy(look => look.Piece)
                .ToDictionary(look => look.Piece);
            var undecided = new List<FileLook>();
            foreach ((FileLook before, FileLook now) in doubtful.Zip(again))
            {
                IEnumerable<FileLook> parentsNow = now.Parents.Select(parent => parentOf[parent]);
                if (now.FindVerdict(before, parentsNow, isLast: attempt == MaxSecondLooks) is { } verdict)
                {
                    findings.AddRange(now.Describe(verdict));
                }
                else if (now.Differences.Length > 0)
                {
                    undecided.Add(now);
                }
            }

            doubtful = [.. undecided];
        }

        return [.. findings];
    }
}
