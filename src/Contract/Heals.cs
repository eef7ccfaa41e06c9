namespace KadaluFsd.Contract;

/// <summary>The result of an order to heal, for one storage unit.</summary>
/// <param name="Group">The <c>cluster/replicate</c> or <c>cluster/disperse</c> volume.</param>
/// <param name="Unit">The unit's <c>protocol/client</c> volume.</param>
/// <param name="IsStarted">Whether this process has started a crawl of that unit.</param>
/// <param name="Status">The translator's message, such as that the unit is on another node, whose own daemon heals it.</param>
public sealed record HealStart(string Group, string Unit, bool IsStarted, string Status);

/// <summary>One crawl of a self-heal daemon for what has to be healed.</summary>
/// <param name="Group">The <c>cluster/replicate</c> volume.</param>
/// <param name="Unit">The crawled unit's <c>protocol/client</c> volume.</param>
/// <param name="IsFull">Whether it is a full crawl; otherwise of the unit's index.</param>
/// <param name="Begun">When it began, UTC.</param>
/// <param name="Ended">When it ended, UTC; null while it is running.</param>
/// <param name="Healed">Files and directories that were healed.</param>
/// <param name="SplitBrain">Those in split-brain.</param>
/// <param name="Failed">Those that could not be healed.</param>
public sealed record HealCrawl(
    string Group, string Unit, bool IsFull, DateTime Begun, DateTime? Ended, long Healed, long SplitBrain, long Failed);

/// <summary>An order to crawl.</summary>
/// <param name="Kind"><c>index</c> or <c>full</c>.</param>
public sealed record HealOrder(string Kind)
{
    /// <summary>Crawl the indices of units.</summary>
    public const string Index = "index";

    /// <summary>Crawl the whole pool.</summary>
    public const string Full = "full";
}

/// <summary>The result.</summary>
/// <param name="Units">The result for each unit.</param>
/// <param name="Reason">Why nothing was started; null where something was.</param>
public sealed record HealAnswer(HealStart[] Units, string? Reason);
