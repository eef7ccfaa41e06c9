using System.Globalization;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Agent.Checks;

/// <summary>Checks how long the node's certificate is good, and whether it gets another one in time.</summary>
internal static class CertificateCheck
{
    // It asks every few seconds.
    private static readonly TimeSpan s_grace = TimeSpan.FromHours(1);

    /// <summary>Checks it.</summary>
    /// <param name="link">What the node shows to others.</param>
    /// <param name="now">The time.</param>
    /// <param name="problem">Why the manager has given no other one; null where that is not known.</param>
    internal static NodeFinding Check(ClusterLink link, DateTimeOffset now, string? problem)
    {
        string until = $"it is good until {Day(link.EndsAt)}";
        return now < link.RenewAt + s_grace
            ? NodeFinding.Well(CheckNames.Certificate, $"{until}, and renewed from {Day(link.RenewAt)} on")
            : NodeFinding.Wrong(
                CheckNames.Certificate,
                $"{until}, and was to be renewed from {Day(link.RenewAt)} on: {problem ?? "the manager was not asked"}",
                "the agent's log says more (journalctl -u kadalu-fsd-agent); after that day only kadalu node join --again helps");
    }

    /// <summary>Checks that nobody else can have the key that goes with it.</summary>
    /// <param name="path">The file with the key.</param>
    internal static IEnumerable<NodeFinding> CheckKey(string path)
    {
        UnixFileMode mode = File.GetUnixFileMode(path);
        if ((mode & ~FileModes.Secret) != 0)
        {
            yield return NodeFinding.Wrong(
                CheckNames.Certificate,
                $"{path} has the node's key, and has the mode {Convert.ToString((int)mode, 8)}: others may have it",
                $"chmod 600 {path}, and kadalu node join --again if somebody may have read it");
        }
    }

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
