using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Questions;

/// <summary>Reads what units of this node have, so that it can be compared with what others have.</summary>
/// <param name="node">This node.</param>
internal sealed class ScrubReader(ThisNode node)
{
    // More than a manager asks for.
    private const int MaxEntries = 20_000;
    private const long MaxRate = 1L << 40;

    /// <summary>Lists files.</summary>
    /// <exception cref="CommandException">The question is none that can be answered.</exception>
    internal NodeEntries List(Pool pool, FileListQuestion question, CancellationToken cancellation)
    {
        if (question.Count is < 1 or > MaxEntries)
        {
            throw new CommandException(ExitCode.Usage, $"{question.Count} files are not between 1 and {MaxEntries}");
        }

        string[] from = FileCopies.Split(question.Path);
        string[]? after = question.After is { } last ? FileCopies.Split(last) : null;
        var entries = new SortedDictionary<string[], long>(Comparer<string[]>.Create(PathOrder.Compare));
        var problems = new List<string>();
        bool hasMore = false;
        foreach (PoolMember member in node.UnitsWithFilesOf(pool))
        {
            if (!Directory.Exists(member.Unit.Path))
            {
                problems.Add($"{member.Unit.Address}: its directory is missing");
                continue;
            }

            // Of what is behind the end of one unit's list nothing is known there.
            var walk = new FileWalk(member.Unit.Path, cancellation);
            (string[] Names, long Size)[] found = [.. walk.List(from, after).Take(question.Count + 1)];
            problems.AddRange(walk.Problems);
            hasMore |= found.Length > question.Count;
            foreach ((string[] names, long size) in found)
            {
                entries[names] = Math.Max(entries.GetValueOrDefault(names), size);
            }
        }

        hasMore |= entries.Count > question.Count;
        return new NodeEntries(
            [.. entries.Take(question.Count).Select(entry => new FileEntry("/" + string.Join('/', entry.Key), entry.Value))],
            hasMore, [.. problems.Distinct()]);
    }

    /// <summary>Reads copies.</summary>
    /// <exception cref="CommandException">The question is none that can be answered.</exception>
    internal NodePieces Read(Pool pool, FilePieceQuestion question, CancellationToken cancellation)
    {
        if (question.BytesPerSecond is < 1 or > MaxRate || question.Pieces.Any(piece => piece.From < 0 || piece.Length < 0))
        {
            throw new CommandException(ExitCode.Usage, "the pieces, or the rate, are none");
        }

        var copies = new FileCopies(node);
        var pace = new ReadPace(question.BytesPerSecond);
        return new NodePieces(
            [.. question.Pieces.Select(piece =>
            {
                cancellation.ThrowIfCancellationRequested();
                return copies.Read(pool, piece.Path, new FileRange(piece.From, piece.Length), pace, cancellation);
            })]);
    }
}
