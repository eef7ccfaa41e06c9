using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Heals;

/// <summary>The copies of a file, as they were at one time.</summary>
/// <param name="Piece">Which piece of its contents was read.</param>
/// <param name="Copies">Those that are known.</param>
/// <param name="Differences">What differs among them.</param>
internal sealed record FileLook(FilePiece Piece, (PoolMember Member, FileCopy Copy)[] Copies, CopyDifference[] Differences)
{
    /// <summary>Puts together what nodes have said.</summary>
    internal static FileLook Of(Pool pool, FilePiece piece, IEnumerable<FileCopy> copies)
    {
        Dictionary<string, FileCopy> byUnit = copies.DistinctBy(copy => copy.Unit).ToDictionary(copy => copy.Unit);
        (PoolMember Member, FileCopy Copy)[] known =
        [
            .. pool.Members.Where(member => byUnit.ContainsKey(member.Unit.Address))
                .Select(member => (member, byUnit[member.Unit.Address])),
        ];
        return new FileLook(piece, known, CopyVerdict.FindDifferences(known));
    }

    /// <summary>Whether there is such a file.</summary>
    internal bool IsThere => Copies.Any(one => one.Copy.File is not null);

    /// <summary>How large it is, by the copy that has the most.</summary>
    internal long Size => Copies.Select(one => one.Copy.File is { Kind: "file" } file ? file.Size : 0).DefaultIfEmpty().Max();

    /// <summary>How much of each copy was read.</summary>
    internal long BytesRead => Copies.Any(one => one.Copy.File is { Kind: "file", Sha256: not null })
        ? Math.Clamp(Size - Piece.From, 0, Piece.Length) : 0;

    /// <summary>
    /// The directories that it is in, the nearest first: one notes which of its names have to be healed. What is below a directory that has to
    /// be made is noted nowhere.
    /// </summary>
    internal IEnumerable<FilePiece> Parents
    {
        get
        {
            for (int end = Piece.Path.LastIndexOf('/'); end > 0; end = Piece.Path.LastIndexOf('/', end - 1))
            {
                yield return new FilePiece(Piece.Path[..end], 0, 0);
            }

            yield return new FilePiece("/", 0, 0);
        }
    }

    /// <summary>What its differences mean.</summary>
    /// <param name="before">The look before.</param>
    /// <param name="parents">The directories that it is in, the nearest first, as they were at the same time.</param>
    /// <param name="isLast">Whether nobody looks again.</param>
    /// <returns>Null where there are none, or it is to be looked at again.</returns>
    internal string? FindVerdict(FileLook before, IEnumerable<FileLook> parents, bool isLast) => Differences.Length == 0 ? null
        : HasMarks || (IsMissing && WaitIn(parents)) ? ScrubFinding.Waits
        : Text == before.Text ? ScrubFinding.Different
        : isLast ? ScrubFinding.Changes : null;

    /// <summary>Says it of each unit whose copy is not like the others.</summary>
    internal IEnumerable<ScrubFinding> Describe(string verdict) =>
        Differences.SelectMany(difference => difference.Units).Distinct().Order(StringComparer.Ordinal).Select(
            unit => new ScrubFinding(
                unit, Piece.Path, verdict,
                string.Join("; ", Differences.Where(difference => difference.Units.Contains(unit)).Select(one => one.What))));

    private bool IsMissing => Differences.Any(difference => difference.IsMissing);

    private static bool WaitIn(IEnumerable<FileLook> parents) =>
        parents.FirstOrDefault(parent => parent.HasMarks || !parent.IsMissing) is { HasMarks: true };

    private bool HasMarks => Copies.Any(one => one.Copy.File?.Marks.Length > 0);

    // Another one when a copy was changed.
    private string Text => string.Join(
        '\n', Copies.Select(one => $"{one.Copy.Unit} {one.Copy.Problem} {one.Copy.File?.Size} {one.Copy.File?.Modified} " +
            $"{one.Copy.File?.Sha256} {one.Copy.File?.Mode} {one.Copy.File?.User} {one.Copy.File?.Group} " +
            $"{one.Copy.File?.Attributes} {one.Copy.File?.Fragment}"));
}
