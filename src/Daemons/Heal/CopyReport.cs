using System.Collections.Immutable;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Heal;

/// <summary>Storage units that have copies, or parts, of the same.</summary>
/// <param name="Name">The <c>cluster/replicate</c> or <c>cluster/disperse</c> volume.</param>
/// <param name="Units">The units' <c>protocol/client</c> volumes.</param>
internal sealed record CopyGroup(string Name, IReadOnlyList<string> Units);

/// <summary>Where directories of single units are read.</summary>
internal interface ICopySource
{
    /// <summary>Reads a directory of one unit.</summary>
    /// <exception cref="GraphException">It cannot be read.</exception>
    CopyListing Read(string unit, Guid gfid);
}

/// <summary>A directory as one unit has it.</summary>
/// <param name="Unit">The unit's volume.</param>
/// <param name="Entries">What is in it, by name.</param>
/// <param name="Version">How many changes it has seen, in a disperse group.</param>
/// <param name="IsMarked">Whether the unit knows that copies differ, or are changing.</param>
internal sealed record CopyListing(string Unit, IReadOnlyDictionary<string, CopyEntry> Entries, long Version, bool IsMarked)
{
    /// <summary>Whose what is in it is, and who may do what, by name.</summary>
    internal IReadOnlyDictionary<string, EntryAttributes> Attributes { get; init; } = ImmutableDictionary<string,
    EntryAttributes>.Empty;
}

/// <summary>What a name stands for.</summary>
/// <param name="Gfid">Which file or directory.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
internal sealed record CopyEntry(Guid Gfid, bool IsDirectory);
