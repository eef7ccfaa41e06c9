using KadaluFsd.Cluster.Nodes;

namespace KadaluFsd.Cluster.Commands;

/// <summary>How the cluster is, node by node.</summary>
/// <param name="IsWell">Whether nothing is wrong; warnings may be among the lines.</param>
/// <param name="Lines">What was found, at least one for each check of each node.</param>
public sealed record DoctorReport(bool IsWell, DoctorLine[] Lines)
{
    /// <summary>Makes a report of what was found.</summary>
    public static DoctorReport Of(DoctorLine[] lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return new DoctorReport(lines.All(line => line.Verdict != FindingVerdict.Wrong), lines);
    }
}

/// <summary>What one check of one node has found.</summary>
/// <param name="Node">The node; null for the cluster as a whole.</param>
/// <param name="Check">What was checked, one of <see cref="CheckNames"/>.</param>
/// <param name="Verdict">How much it matters.</param>
/// <param name="Said">What is so.</param>
/// <param name="ToDo">What to do; null where nothing is to be done.</param>
public sealed record DoctorLine(string? Node, string Check, FindingVerdict Verdict, string Said, string? ToDo);
