using System.Text.Json;
using System.Text.Json.Serialization;

namespace KadaluFsd.Cluster.Questions;

/// <summary>
/// What the node's directories say of the pool that they are to come back to, which is not there yet. The answer is <see cref="ReturningUnits"/>.
/// </summary>
/// <param name="PoolId">Its id; empty where that is to be found out.</param>
/// <param name="Definition">The pool as it is to be.</param>
public sealed record ReturningUnitsQuestion(string Pool, Guid PoolId, JsonElement Definition) : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>What directories say of the pool that they were in.</summary>
/// <param name="Owner">The id of the pool that all of them were in; null where they were in none, or in different ones.</param>
/// <param name="Definition">The definition with the numbers and layers that they have, where it has none.</param>
public sealed record ReturningUnits(Guid? Owner, JsonElement Definition);
