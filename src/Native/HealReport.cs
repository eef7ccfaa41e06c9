namespace KadaluFsd.Native;

/// <summary>What came of an order to heal, for one storage unit.</summary>
/// <param name="Group">The <c>cluster/replicate</c> or <c>cluster/disperse</c> volume.</param>
/// <param name="Unit">The unit's <c>protocol/client</c> volume.</param>
/// <param name="IsStarted">Whether this process heals what it finds on that unit from now on.</param>
/// <param name="Status">The translator's words: that, or why not, such as that the unit is remote and another daemon's affair.</param>
public sealed record HealStart(string Group, string Unit, bool IsStarted, string Status);

/// <summary>One search of a self-heal daemon for what needs healing.</summary>
/// <param name="Group">The <c>cluster/replicate</c> volume.</param>
/// <param name="Unit">The unit's <c>protocol/client</c> volume, on which was searched.</param>
/// <param name="IsFull">Whether it is a walk through the whole volume; otherwise the unit's index.</param>
/// <param name="Begun">When it began, UTC.</param>
/// <param name="Ended">When it ended, UTC; null while it goes on.</param>
/// <param name="Healed">Files and directories that are healed.</param>
/// <param name="SplitBrain">Those whose copies contradict each other.</param>
/// <param name="Failed">Those that could not be healed.</param>
public sealed record HealCrawl(string Group, string Unit, bool IsFull, DateTime Begun, DateTime? Ended, long Healed, long SplitBrain, long Failed);

/// <summary>An entry of a directory on one storage unit.</summary>
/// <param name="Name">Its name; one that is not UTF-8 has a character of its own for each byte.</param>
/// <param name="Gfid">Which file or directory it stands for; empty where the unit could not tell.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="Attributes">Whose it is, and who may do what.</param>
public sealed record UnitEntry(string Name, Guid Gfid, bool IsDirectory, EntryAttributes Attributes);

/// <summary>Metadata of a file or directory that all copies have in common.</summary>
/// <param name="Mode">Its type and permissions (<c>st_mode</c>).</param>
/// <param name="User">Its owner.</param>
/// <param name="Group">Its group.</param>
public readonly record struct EntryAttributes(uint Mode, uint User, uint Group);

/// <summary>What a storage unit has noted of one of its directories.</summary>
/// <param name="Version">How many changes of its entries it has seen, in a disperse group; 0 in a mirror.</param>
/// <param name="IsMarked">Whether it says that copies differ or are changing: heals will look at it.</param>
public sealed record UnitDirectoryNote(long Version, bool IsMarked);
