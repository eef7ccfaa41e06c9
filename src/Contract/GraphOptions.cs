namespace KadaluFsd.Contract;

/// <summary>An option of a translator of the running graph.</summary>
/// <param name="Volume">The translator's volume.</param>
/// <param name="Name">The option's name.</param>
/// <param name="OtherNames">Others for the same.</param>
/// <param name="Type">What kind of value it takes.</param>
/// <param name="Value">What it is now; null where it is not set and has no default.</param>
/// <param name="DefaultValue">What it is when it is not set.</param>
/// <param name="Minimum">Its least value; null where there is no range.</param>
/// <param name="Maximum">Its greatest.</param>
/// <param name="CanBeSet">Whether its translator takes options while it runs.</param>
/// <param name="IsSetLive">Whether it was set since the start, and not in the volfile.</param>
/// <param name="Description">What it is for.</param>
public sealed record OptionValue(
    string Volume, string Name, string[] OtherNames, string Type, string? Value, string? DefaultValue, double? Minimum,
    double? Maximum, bool CanBeSet, bool IsSetLive,
    string? Description);

/// <summary>What came of giving the running graph other options.</summary>
/// <param name="Graph">One of the words below.</param>
/// <param name="Reason">Why; null where there is nothing to say.</param>
public sealed record ReloadResult(string Graph, string? Reason)
{
    /// <summary>The graph has them.</summary>
    public const string Reconfigured = "reconfigured";

    /// <summary>They need a new graph; nothing was changed.</summary>
    public const string RestartNeeded = "restart-needed";

    /// <summary>They are wrong; nothing was changed.</summary>
    public const string Refused = "refused";

    /// <summary>A translator refused its options after others had taken theirs, and these could not be put back.</summary>
    public const string PartlyApplied = "partly-applied";
}

/// <summary>An option to be set.</summary>
/// <param name="Volume">The translator's volume.</param>
/// <param name="Option">The option's name.</param>
/// <param name="Value">Its value; null for what the volfile says.</param>
public sealed record OptionChange(string Volume, string Option, string? Value);
