using System.Text.Json.Serialization;

namespace KadaluFsd.Cluster.Questions;

/// <summary>Which version of GlusterFS the node has. About no pool. The answer is a <see cref="LibraryVersion"/>.</summary>
public sealed record LibraryQuestion() : NodeQuestion("", Guid.Empty)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>A version of GlusterFS that can be loaded.</summary>
/// <param name="GlusterFs">It, such as <c>10.3</c>.</param>
public sealed record LibraryVersion(string GlusterFs);
