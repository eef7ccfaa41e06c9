using System.Text.Json.Serialization;

namespace KadaluFsd.Contract;

/// <summary>What has to be healed, as one unit knows it.</summary>
/// <param name="Unit">The unit, <c>NODE:PATH</c>.</param>
/// <param name="Status"><c>Connected</c>, or why it could not be asked.</param>
/// <param name="Entries">The files.</param>
public sealed record HealList(string Unit, string Status, HealEntry[] Entries)
{
    /// <summary>The status of one that could be asked.</summary>
    public const string Connected = "Connected";

    /// <summary>Whether it could be asked.</summary>
    [JsonIgnore]
    public bool IsConnected => Status == Connected;
}

/// <summary>A file that has to be healed.</summary>
/// <param name="Path">Its path from the root of the pool, or <c>&lt;gfid:…&gt;</c> where no unit of this node knows the
/// path.</param>
/// <param name="IsSplitBrain">Whether it is in split-brain.</param>
/// <param name="IsHealing">Whether it is possibly being healed now.</param>
public sealed record HealEntry(string Path, bool IsSplitBrain, bool IsHealing)
{
    /// <summary>The prefix of an unknown path.</summary>
    public const string GfidMark = "<gfid:";

    /// <summary>A file of which only the gfid is known.</summary>
    public static HealEntry Of(Guid gfid) => new($"{GfidMark}{gfid}>", IsSplitBrain: false, IsHealing: false);

    /// <summary>The line that says it, where that may be a name; null otherwise.</summary>
    [JsonIgnore]
    public string? Line { get; init; }
}
