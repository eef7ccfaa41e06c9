namespace KadaluFsd.Contract;

/// <summary>What came of an order to heal, for one storage unit.</summary>
/// <param name="Group">The <c>cluster/replicate</c> or <c>cluster/disperse</c> volume.</param>
/// <param name="Unit">The unit's <c>protocol/client</c> volume.</param>
/// <param name="IsStarted">Whether this process heals what it finds on that unit from now on.</param>
/// <param name="Status">The translator's words: that, or why not, such as that the unit is remote and another daemon's
/// affair.</param>
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
public sealed record HealCrawl(
    string Group, string Unit, bool IsFull, DateTime Begun, DateTime? Ended, long Healed, long SplitBrain, long Failed);

/// <summary>An order to look for what needs healing.</summary>
/// <param name="Kind"><c>index</c> or <c>full</c>.</param>
public sealed record HealOrder(string Kind)
{
    /// <summary>What the units' indices name.</summary>
    public const string Index = "index";

    /// <summary>Everything, found by a walk through the whole pool.</summary>
    public const string Full = "full";
}

/// <summary>What came of it.</summary>
/// <param name="Units">For each unit.</param>
/// <param name="Reason">Why nothing is healed; null where something is.</param>
public sealed record HealAnswer(HealStart[] Units, string? Reason);
