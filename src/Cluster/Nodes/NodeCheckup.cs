using System.Text.Json.Serialization;

namespace KadaluFsd.Cluster.Nodes;

/// <summary>How a node is, by what its own agent finds there.</summary>
/// <param name="At">What its clock says.</param>
/// <param name="Version">Its version of this program.</param>
/// <param name="GlusterFs">Its version of GlusterFS; null where that cannot be loaded, which a finding says.</param>
/// <param name="Findings">What was found, at least one for each check.</param>
public sealed record NodeCheckup(DateTimeOffset At, string Version, string? GlusterFs, NodeFinding[] Findings);

/// <summary>How much what was found matters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FindingVerdict>))]
public enum FindingVerdict
{
    /// <summary>All is as it is to be.</summary>
    [JsonStringEnumMemberName("well")]
    Well,

    /// <summary>It works, and may not for long, or not after a failure.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Something does not work, or is about to end.</summary>
    [JsonStringEnumMemberName("wrong")]
    Wrong,
}

/// <summary>What one check has found.</summary>
/// <param name="Check">The check, one of <see cref="CheckNames"/>.</param>
/// <param name="Verdict">How much it matters.</param>
/// <param name="Said">What is so.</param>
/// <param name="ToDo">What to do; null where nothing is to be done.</param>
/// <param name="Stopped">What does not run, where that is what was found: the manager knows whether it is to run.</param>
public sealed record NodeFinding(
    string Check, FindingVerdict Verdict, string Said, string? ToDo, StoppedProcess? Stopped = null)
{
    /// <summary>All is well.</summary>
    public static NodeFinding Well(string check, string said) => new(check, FindingVerdict.Well, said, null);

    /// <summary>Something is not as it should be, and works.</summary>
    public static NodeFinding Warning(string check, string said, string toDo) => new(check, FindingVerdict.Warning, said, toDo);

    /// <summary>Something does not work, or is about to end.</summary>
    public static NodeFinding Wrong(string check, string said, string toDo, StoppedProcess? stopped = null) =>
        new(check, FindingVerdict.Wrong, said, toDo, stopped);
}

/// <summary>A process of a pool that does not run.</summary>
/// <param name="Pool">The pool's id.</param>
/// <param name="Unit">The storage unit, <c>NODE:PATH</c>; null for what all units of the pool on the node share.</param>
public sealed record StoppedProcess(Guid Pool, string? Unit);

/// <summary>What is checked.</summary>
public static class CheckNames
{
    /// <summary>Whether the agent answers the manager, and reports to it.</summary>
    public const string Agent = "agent";

    /// <summary>Whether its clock is the manager's.</summary>
    public const string Clock = "clock";

    /// <summary>Whether names of nodes lead to these nodes.</summary>
    public const string Names = "names";

    /// <summary>Whether somebody listens on the ports of units.</summary>
    public const string Ports = "ports";

    /// <summary>Whether units and self-heal daemons run and are well.</summary>
    public const string Units = "units";

    /// <summary>Whether directories of units are there, in file systems of their own.</summary>
    public const string Mounts = "mounts";

    /// <summary>Whether there is space in file systems.</summary>
    public const string Disks = "disks";

    /// <summary>Whether programs and GlusterFS are of the same version everywhere.</summary>
    public const string Versions = "versions";

    /// <summary>How long the node's certificate is good.</summary>
    public const string Certificate = "certificate";

    /// <summary>Whether systemd starts everything at boot.</summary>
    public const string Services = "services";

    /// <summary>Of the cluster as a whole: what the manager knows.</summary>
    public const string Cluster = "cluster";

    /// <summary>Whether the node has what its pools are to be.</summary>
    public const string Definitions = "definitions";
}
