using System.Text.Json.Serialization;
using KadaluFsd.Contract;

namespace KadaluFsd.Cluster.Questions;

/// <summary>How many files the node's units have noted, and what its self-heal daemon does. The answer is <see cref="NodeHeals"/>.</summary>
public sealed record HealStateQuestion(string Pool, Guid PoolId) : NodeQuestion(Pool, PoolId);

/// <summary>Has the node's self-heal daemon crawl. The answer is <see cref="NodeCrawlStart"/>.</summary>
/// <param name="IsFull">Whether it crawls the whole pool, instead of what indices name.</param>
public sealed record HealStartQuestion(string Pool, Guid PoolId, bool IsFull) : NodeQuestion(Pool, PoolId);

/// <summary>Which files have to be healed, by all units of the pool that the node reaches. The answer is <see cref="NodeHealList"/>.</summary>
/// <param name="OnlySplitBrain">Whether only files in split-brain are listed.</param>
public sealed record HealListQuestion(string Pool, Guid PoolId, bool OnlySplitBrain) : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>Which files the node's own units have noted: also where no other node reaches them. The answer is <see cref="NodeHealList"/>.</summary>
public sealed record HealIndexQuestion(string Pool, Guid PoolId) : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>Paths of files of which another node knows only the gfids. The answer is <see cref="GfidPaths"/>.</summary>
/// <param name="Gfids">The gfids.</param>
public sealed record GfidPathQuestion(string Pool, Guid PoolId, Guid[] Gfids) : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>A comparison of directory entries by the node's self-heal daemon. The answer is a <see cref="CopyReport"/>.</summary>
/// <param name="Begins">Whether it is begun, unless one is running; otherwise the latest one is asked for.</param>
public sealed record CopyCheckQuestion(string Pool, Guid PoolId, bool Begins) : NodeQuestion(Pool, PoolId);

/// <summary>The copies of a file that the node's own units have. The answer is <see cref="NodeCopies"/>.</summary>
/// <param name="Path">The path from the root of the pool.</param>
public sealed record FileCopyQuestion(string Pool, Guid PoolId, string Path) : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>Resolves split-brain in favour of one copy. The answer is <see cref="HealResolved"/>.</summary>
/// <param name="Policy">Which copy is the right one.</param>
/// <param name="Source">The unit with the right copy, <c>NODE:PATH</c>; null for another policy.</param>
/// <param name="Path">The path from the root of the pool; null for every file in split-brain, with a source.</param>
public sealed record HealResolveQuestion(string Pool, Guid PoolId, SplitBrainPolicy Policy, string? Source, string? Path)
    : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}
