using System.Collections.Immutable;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Heal;

/// <summary>A group of storage units that have copies or fragments of the same files.</summary>
/// <param name="Name">The <c>cluster/replicate</c> or <c>cluster/disperse</c> volume.</param>
/// <param name="Units">The units' <c>protocol/client</c> volumes.</param>
internal sealed record CopyGroup(string Name, IReadOnlyList<string> Units);

/// <summary>Reads directories of single units.</summary>
internal interface ICopySource
{
    /// <summary>Reads a directory of one unit.</summary>
    /// <exception cref="GraphException">It cannot be read.</exception>
    CopyListing Read(string unit, Guid gfid);
}

/// <summary>A directory as one unit has it.</summary>
/// <param name="Unit">The unit's volume.</param>
/// <param name="Entries">Its entries by name.</param>
/// <param name="Version">The number of changes that it has seen, in a disperse group.</param>
/// <param name="IsMarked">Whether it is marked as differing or changing.</param>
internal sealed record CopyListing(string Unit, IReadOnlyDictionary<string, CopyEntry> Entries, long Version, bool IsMarked)
{
    /// <summary>Owner and mode of its entries by name.</summary>
    internal IReadOnlyDictionary<string, EntryAttributes> Attributes { get; init; } =
        ImmutableDictionary<string, EntryAttributes>.Empty;
}

/// <summary>The target of a name.</summary>
/// <param name="Gfid">The gfid.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
internal sealed record CopyEntry(Guid Gfid, bool IsDirectory);
