using System.Text.Json;
using KadaluFsd.Agent.Questions;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;

namespace KadaluFsd.Agent.Checks;

/// <summary>Checks whether what runs on this node is what is installed. Whether other nodes have the same the manager finds out.</summary>
internal static class VersionCheck
{
    private const double SecondsOfPatience = 15;

    /// <summary>Asks a process of the program which GlusterFS it can load: the agent has none.</summary>
    /// <exception cref="CommandException">None; says why.</exception>
    internal static async Task<string> FindGlusterFsAsync(QuestionDesk questions, CancellationToken cancellation)
    {
        byte[] question = JsonSerializer.SerializeToUtf8Bytes(
            new LibraryQuestion { Seconds = SecondsOfPatience }, QuestionJson.Default.NodeQuestion);
        JsonElement answer = await questions.AnswerAsync(question, cancellation);
        return answer.Deserialize(QuestionJson.Default.LibraryVersion)!.GlusterFs;
    }

    /// <summary>Checks them.</summary>
    /// <param name="glusterFs">The version of GlusterFS that is installed; null where it cannot be loaded.</param>
    /// <param name="problem">Why not.</param>
    /// <param name="running">The processes.</param>
    internal static IEnumerable<NodeFinding> Check(string? glusterFs, string? problem, RunningPools running)
    {
        if (glusterFs is null)
        {
            yield return NodeFinding.Wrong(
                CheckNames.Versions, $"GlusterFS cannot be loaded: {problem}",
                "install what the program was built for; until then no unit starts here");
        }

        IEnumerable<(string Name, string Pool, string Version, string GlusterFs)> processes =
        [
            .. running.Units.Where(unit => unit.Status is not null).Select(
                unit => (unit.Unit.Path, unit.Pool.Name, unit.Status!.Version, unit.Status.GlusterFsVersion)),
            .. running.Daemons.Where(daemon => daemon.Status is not null).Select(
                daemon => ("the self-heal daemon", daemon.Pool.Name, daemon.Status!.Version, daemon.Status.GlusterFsVersion)),
        ];
        foreach ((string name, string pool, string version, string its) in processes)
        {
            if (version != ProgramVersion.Text || (glusterFs is not null && its != glusterFs))
            {
                yield return NodeFinding.Wrong(
                    CheckNames.Versions,
                    $"{name} of {pool} runs version {version} with GlusterFS {its}; installed are {ProgramVersion.Text} and " +
                    (glusterFs ?? "none"),
                    $"kadalu pool restart {pool} --rolling");
            }
        }

        yield return NodeFinding.Well(CheckNames.Versions, $"{ProgramVersion.Text}, with GlusterFS {glusterFs}");
    }
}
