using System.Text.Json.Serialization;

namespace KadaluFsd.Cluster.Questions;

/// <summary>A volfile of the pool, built with the translators and overlays of the node. The answer is <see cref="VolfileText"/>.</summary>
/// <param name="Kind">The kind of graph.</param>
/// <param name="Unit">The unit, <c>NODE:PATH</c>; null for graphs of the whole pool.</param>
/// <param name="Hosts">Names of nodes in the client's network, each <c>NODE=NAME</c>.</param>
/// <param name="IsTls">Whether connections to units are encrypted.</param>
public sealed record VolfileQuestion(string Pool, Guid PoolId, string Kind, string? Unit, string[] Hosts, bool IsTls)
    : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>Which Export_Id the pool has on the node, or could have. The answer is <see cref="NfsNumbers"/>.</summary>
public sealed record NfsNumberQuestion(string Pool, Guid PoolId) : NodeQuestion(Pool, PoolId);

/// <summary>A volfile.</summary>
/// <param name="Text">It. It may have the pool's password: nobody but root reads it, and it is in no log.</param>
/// <param name="Warnings">Layers that the node has no translators for.</param>
public sealed record VolfileText(string Text, string[] Warnings);

/// <summary>Export_Ids of NFS-Ganesha on a node.</summary>
/// <param name="Pool">The pool's; null where it is not exported there.</param>
/// <param name="Free">One that no export of the node has.</param>
public sealed record NfsNumbers(int? Pool, int Free);
