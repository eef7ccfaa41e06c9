using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;

namespace KadaluFsd.Manager.Heals;

/// <summary>The pieces of files that are compared at once: as many as nodes read in a short time.</summary>
/// <param name="Pieces">They, in the order of paths.</param>
/// <param name="Next">Where it goes on behind them; null for nowhere.</param>
internal sealed record ScrubBatch(FilePiece[] Pieces, ScrubPlace? Next)
{
    /// <summary>Goes on with a file that is larger than that.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">How much of it is compared.</param>
    /// <param name="most">How many bytes are read of each copy at once.</param>
    internal static ScrubBatch Continue(string path, long offset, long most) =>
        new([new FilePiece(path, offset, most)], new ScrubPlace(path, offset + most));

    /// <summary>Begins with the next files.</summary>
    /// <param name="lists">The next ones of each node.</param>
    /// <param name="most">How many bytes are read of each copy at once.</param>
    internal static ScrubBatch Of(NodeEntries[] lists, long most)
    {
        // Of what is behind the end of a list nothing is known on that node.
        FileEntry[] entries =
        [
            .. lists.SelectMany(list => list.Entries).GroupBy(entry => entry.Path)
                .Select(same => same.MaxBy(entry => entry.Size)!)
                .OrderBy(entry => entry.Path, PathOrder.OfPaths),
        ];
        string? end = lists.Where(list => list is { HasMore: true, Entries.Length: > 0 }).Select(list => list.Entries[^1].Path)
            .Min(PathOrder.OfPaths);
        FileEntry[] known = end is null ? entries
            : [.. entries.Where(entry => PathOrder.OfPaths.Compare(entry.Path, end) <= 0)];
        var pieces = new List<FilePiece>();
        long bytes = 0;
        foreach (FileEntry entry in known)
        {
            if (pieces.Count == 0 && entry.Size > most)
            {
                return new ScrubBatch([new FilePiece(entry.Path, 0, most)], new ScrubPlace(entry.Path, most));
            }

            if (bytes + entry.Size > most)
            {
                break;
            }

            pieces.Add(new FilePiece(entry.Path, 0, entry.Size));
            bytes += entry.Size;
        }

        bool isAll = pieces.Count == entries.Length && !lists.Any(list => list.HasMore);
        return new ScrubBatch([.. pieces], isAll || pieces.Count == 0 ? null : new ScrubPlace(pieces[^1].Path, null));
    }

    /// <summary>Where it goes on, by what was read: a file that is read in pieces ends where no copy has more.</summary>
    internal ScrubPlace? FindNext(FileLook[] looks) =>
        Next is { Offset: { } offset } && looks[^1].Size <= offset ? new ScrubPlace(Next.Path, null) : Next;
}
