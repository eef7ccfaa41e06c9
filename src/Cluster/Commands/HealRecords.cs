using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;

namespace KadaluFsd.Cluster.Commands;

/// <summary>How far the heal of a pool is.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Verdict">One of the constants of this record.</param>
/// <param name="Problems">What is not known and why, and what keeps files from being healed.</param>
/// <param name="Waiting">How many files wait for a heal, as far as is known; null where nothing is known.</param>
/// <param name="SplitBrain">How many files in split-brain the latest crawls have found; null where it is not known.</param>
/// <param name="FilesPerSecond">How many are healed in a second; null where it is not known.</param>
/// <param name="SecondsLeft">How long it takes still at that rate; null where it is not known.</param>
/// <param name="Units">The units.</param>
public sealed record HealStatus(
    string Pool, string Verdict, string[] Problems, long? Waiting, long? SplitBrain, double? FilesPerSecond, double? SecondsLeft,
    UnitHealStatus[] Units)
{
    /// <summary>Nothing waits, by all units.</summary>
    public const string Nothing = "nothing to heal";

    /// <summary>Something waits.</summary>
    public const string Waits = "waits";

    /// <summary>A unit could not be asked, and no other one has noted anything.</summary>
    public const string Unknown = "not known";

    /// <summary>It is not started.</summary>
    public const string Stopped = "not started";

    /// <summary>It has no second copy of anything.</summary>
    public const string NoCopies = "no copies";
}

/// <summary>How far the heal of what one unit has noted is.</summary>
/// <param name="Unit">The unit, <c>NODE:PATH</c>.</param>
/// <param name="Group">Its group's number, from 1; null for a tie-breaker.</param>
/// <param name="Role"><c>data</c>, <c>arbiter</c> or <c>tie-breaker</c>.</param>
/// <param name="Waiting">Files that wait for a heal; null where it could not be asked.</param>
/// <param name="Changing">Files in the middle of a change: a client is changing them, or has ended meanwhile. Null likewise.</param>
/// <param name="ToCompare">Directories that its node's self-heal daemon has to compare; null where that could not be asked.</param>
/// <param name="Crawl">The latest crawl of it; null where none is known.</param>
/// <param name="FullCrawl">The latest one that went through all of its files; null where none is known.</param>
public sealed record UnitHealStatus(
    string Unit, int? Group, string Role, long? Waiting, long? Changing, int? ToCompare, UnitCrawl? Crawl, UnitCrawl? FullCrawl);

/// <summary>A node that has not done, or not said, something.</summary>
/// <param name="Node">The node.</param>
/// <param name="Problem">Why.</param>
/// <param name="Code">The exit code of a command that fails for it.</param>
public sealed record NodeProblem(string Node, string Problem, int Code);

/// <summary>Has all self-heal daemons of a pool crawl.</summary>
/// <param name="IsFull">Whether they crawl the whole pool, instead of what indices name.</param>
public sealed record CrawlOrder(bool IsFull);

/// <summary>What has become of that.</summary>
/// <param name="Units">The units whose nodes have answered.</param>
/// <param name="Problems">The other nodes.</param>
public sealed record CrawlAnswer(UnitCrawlStart[] Units, NodeProblem[] Problems);

/// <summary>Files of a pool that have to be healed.</summary>
/// <param name="Node">The node that has asked the units.</param>
/// <param name="Units">By unit.</param>
/// <param name="Problems">Nodes that could not say what was asked of them.</param>
public sealed record HealFiles(string Node, UnitFiles[] Units, NodeProblem[] Problems);

/// <summary>Has the units of a pool compared.</summary>
/// <param name="Node">The node that does so already, and is asked how far it is; null to begin.</param>
public sealed record CheckOrder(string? Node);

/// <summary>How far that is.</summary>
/// <param name="Node">The node that does it.</param>
/// <param name="Report">What it has found so far.</param>
public sealed record CheckAnswer(string Node, CopyReport Report);

/// <summary>Asks for all copies of a file.</summary>
/// <param name="Path">The path from the root of the pool.</param>
public sealed record CompareOrder(string Path);

/// <summary>All copies of a file.</summary>
/// <param name="Path">The path from the root of the pool.</param>
/// <param name="Copies">One for each unit.</param>
/// <param name="Verdict">One of the constants of this record.</param>
/// <param name="Findings">What differs, and what could not be compared.</param>
public sealed record FileComparison(string Path, FileCopy[] Copies, string Verdict, string[] Findings)
{
    /// <summary>They are equal, and no mark says otherwise.</summary>
    public const string Equal = "equal";

    /// <summary>They differ.</summary>
    public const string Different = "different";

    /// <summary>They are equal as far as is known, and have marks: a heal, or a change, is not over.</summary>
    public const string Marked = "marked";

    /// <summary>Not all could be compared.</summary>
    public const string Unknown = "not known";
}

/// <summary>Resolves split-brain in favour of one copy.</summary>
/// <param name="Policy">Which copy is the right one.</param>
/// <param name="Source">The unit with the right copy, <c>NODE:PATH</c>; null for another policy.</param>
/// <param name="Path">The path from the root of the pool; null for every file in split-brain, with a source.</param>
public sealed record ResolveOrder(SplitBrainPolicy Policy, string? Source, string? Path);

/// <summary>It was resolved.</summary>
/// <param name="Node">The node that has done it.</param>
/// <param name="Said">What GlusterFS says of it.</param>
public sealed record ResolveAnswer(string Node, string Said);
