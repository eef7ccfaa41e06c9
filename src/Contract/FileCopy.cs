namespace KadaluFsd.Contract;

/// <summary>A unit's copy of a file, or its fragment in a disperse group.</summary>
/// <param name="Unit">The unit, <c>NODE:PATH</c>.</param>
/// <param name="Problem">Why nothing is known of it; null where it is known.</param>
/// <param name="File">The copy; null where the unit has none.</param>
public sealed record FileCopy(string Unit, string? Problem, CopyFacts? File);

/// <summary>What a copy is like.</summary>
/// <param name="Kind"><c>file</c>, <c>directory</c>, <c>link</c> for a symbolic one, or <c>special</c>.</param>
/// <param name="Size">Bytes, of the copy or fragment itself.</param>
/// <param name="Modified">When it was modified, as clients see it where GlusterFS keeps their time (features/utime), UTC.</param>
/// <param name="IsClientTime">Whether that time is the same on all units of a group, since clients have set it.</param>
/// <param name="Mode">Its mode, octal, such as <c>0644</c>.</param>
/// <param name="User">Owner.</param>
/// <param name="Group">Group.</param>
/// <param name="Gfid">Its gfid; null where it has none.</param>
/// <param name="Sha256">The checksum of its contents; null where there is none, see <paramref name="Note"/>.</param>
/// <param name="Note">What else is to be known, such as why there is no checksum; null for nothing.</param>
/// <param name="IsPointer">Whether it only says that the file is in another group (cluster/distribute).</param>
/// <param name="Marks">Marks that accuse units.</param>
/// <param name="Fragment">What a fragment says of its file; null for a copy.</param>
/// <param name="Attributes">A checksum of the extended attributes that clients have set, and of access lists; null where it is not known.</param>
public sealed record CopyFacts(
    string Kind, long Size, string Modified, bool IsClientTime, string Mode, uint User, uint Group, Guid? Gfid, string? Sha256,
    string? Note, bool IsPointer, CopyMark[] Marks, FragmentFacts? Fragment,
    string? Attributes = null);

/// <summary>A mark that a copy has: changes that another unit has missed, or that may be incomplete.</summary>
/// <param name="Unit">The unit that has missed them; null where it is not known which one is up to date.</param>
/// <param name="Data">How many changes of contents.</param>
/// <param name="Metadata">How many changes of owner, mode and the like.</param>
/// <param name="Entries">How many changes of a directory's entries.</param>
public sealed record CopyMark(string? Unit, ulong Data, ulong Metadata, ulong Entries);

/// <summary>What a fragment says of its file (cluster/disperse).</summary>
/// <param name="DataVersion">How often its contents were changed.</param>
/// <param name="MetadataVersion">How often owner, mode and the like were changed.</param>
/// <param name="FileSize">The size of the whole file; null for what is no file.</param>
public sealed record FragmentFacts(ulong DataVersion, ulong MetadataVersion, ulong? FileSize);
