using System.Text.Json.Serialization;
using KadaluFsd.Contract;

namespace KadaluFsd.Cluster.Questions;

/// <summary>The next files of the node's own units, in the order of their paths. The answer is <see cref="NodeEntries"/>.</summary>
/// <param name="Path">Where they are, a path from the root of the pool.</param>
/// <param name="After">The last one that is known already; null for none.</param>
/// <param name="Count">How many are wanted.</param>
public sealed record FileListQuestion(string Pool, Guid PoolId, string Path, string? After, int Count)
    : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>The copies of files, and checksums of pieces of them. The answer is <see cref="NodePieces"/>.</summary>
/// <param name="Pieces">The pieces.</param>
/// <param name="BytesPerSecond">How fast the node may read.</param>
public sealed record FilePieceQuestion(string Pool, Guid PoolId, FilePiece[] Pieces, long BytesPerSecond)
    : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>A piece of a file.</summary>
/// <param name="Path">The path from the root of the pool.</param>
/// <param name="From">Where the piece begins, in bytes.</param>
/// <param name="Length">How long it is; 0 where nothing of its contents is read.</param>
public sealed record FilePiece(string Path, long From, long Length);

/// <summary>Files of a node's units.</summary>
/// <param name="Entries">They, in the order of their paths.</param>
/// <param name="HasMore">Whether there are more behind them.</param>
/// <param name="Problems">What could not be listed, and why.</param>
public sealed record NodeEntries(FileEntry[] Entries, bool HasMore, string[] Problems);

/// <summary>A file, a directory, or something else that has a name.</summary>
/// <param name="Path">The path from the root of the pool.</param>
/// <param name="Size">Bytes of contents, by the unit that has the most; 0 for what has none.</param>
public sealed record FileEntry(string Path, long Size);

/// <summary>Copies of files.</summary>
/// <param name="Files">In the order of the pieces, with a copy for each unit of the node.</param>
public sealed record NodePieces(FileCopy[][] Files);
