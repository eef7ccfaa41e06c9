namespace KadaluFsd.Contract;

/// <summary>An option of a translator of the running graph.</summary>
/// <param name="Volume">The translator's volume.</param>
/// <param name="Name">The option's name.</param>
/// <param name="OtherNames">Its other names.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="Value">Its value now; null where it is not set and has no default.</param>
/// <param name="DefaultValue">Its default.</param>
/// <param name="Minimum">Its minimum; null where there is no range.</param>
/// <param name="Maximum">Its maximum; null likewise.</param>
/// <param name="CanBeSet">Whether its translator takes options while the graph runs.</param>
/// <param name="IsSetLive">Whether it was set while the graph runs, instead of in the volfile.</param>
/// <param name="Description">Its description.</param>
public sealed record OptionValue(
    string Volume, string Name, string[] OtherNames, string Type, string? Value, string? DefaultValue, double? Minimum,
    double? Maximum, bool CanBeSet, bool IsSetLive,
    string? Description);

/// <summary>The result of giving the running graph other options.</summary>
/// <param name="Graph">One of the constants below.</param>
/// <param name="Reason">The reason; null where there is none.</param>
public sealed record ReloadResult(string Graph, string? Reason)
{
    /// <summary>The graph has taken them.</summary>
    public const string Reconfigured = "reconfigured";

    /// <summary>They need a restart; nothing was changed.</summary>
    public const string RestartNeeded = "restart-needed";

    /// <summary>They are invalid; nothing was changed.</summary>
    public const string Refused = "refused";

    /// <summary>A translator rejected its options after others had taken theirs, and these could not be reverted.</summary>
    public const string PartlyApplied = "partly-applied";
}

/// <summary>A request to set an option.</summary>
/// <param name="Volume">The translator's volume.</param>
/// <param name="Option">The option's name.</param>
/// <param name="Value">The new value; null for the volfile's.</param>
public sealed record OptionChange(string Volume, string Option, string? Value);
