namespace KadaluFsd.Native;

/// <summary>An entry of a directory on one storage unit.</summary>
/// <param name="Name">Its name; one that is not UTF-8 has a character of its own for each byte.</param>
/// <param name="Gfid">The gfid of its file or directory; empty where the unit does not know it.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="Attributes">Owner and mode.</param>
public sealed record UnitEntry(string Name, Guid Gfid, bool IsDirectory, EntryAttributes Attributes);

/// <summary>Metadata of a file or directory that all copies have in common.</summary>
/// <param name="Mode">Its type and permissions (<c>st_mode</c>).</param>
/// <param name="User">Its owner.</param>
/// <param name="Group">Its group.</param>
public readonly record struct EntryAttributes(uint Mode, uint User, uint Group);

/// <summary>The marks of a directory on a storage unit.</summary>
/// <param name="Version">How many changes of its entries it has seen, in a disperse group; 0 in a mirror.</param>
/// <param name="IsMarked">Whether it is marked as differing or changing: a heal will handle it.</param>
public sealed record UnitDirectoryNote(long Version, bool IsMarked);
