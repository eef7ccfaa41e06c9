using System.Text;
using KadaluFsd.Agent.Nodes;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Agent.Port;

/// <summary>
/// Has a node that is in no cluster join by a token that somebody has put on it, such as what sets machines up. The file is deleted then. One that
/// the manager refuses is not tried again before it has changed: it was used, or is too old.
/// </summary>
/// <param name="member">Which cluster the node is in.</param>
/// <param name="entry">Lets it join.</param>
/// <param name="files">Where the token is put.</param>
/// <param name="time">The clock.</param>
internal sealed class JoinTokenFile(
    ClusterMember member, ClusterEntry entry, NodeFiles files, TimeProvider time, ILogger<JoinTokenFile> logger)
    : BackgroundPart
{
    private const int MaxLength = 4096;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead |
        UnixFileMode.OtherWrite;

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(5);

    // What was said last, and the token that need not be tried again.
    private string? _problem;
    private string? _refused;

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (member.Membership is null && File.Exists(files.JoinToken))
            {
                await TryAsync(stopping);
            }

            await Task.Delay(s_lookEvery, time, stopping);
        }
    }

    private async Task TryAsync(CancellationToken stop)
    {
        string token = "";
        try
        {
            token = Read();
            if (token != _refused)
            {
                await entry.JoinAsync(new JoinOrder(token, Name: null), stop);
                SystemRefusal.Guard(files.JoinToken, () => File.Delete(files.JoinToken));
                AgentLog.JoinedByFile(logger, files.JoinToken);
            }
        }
        catch (CommandException exception)
        {
            _refused = exception.Code == ExitCode.PeerUnreachable || token.Length == 0 ? null : token;
            Say(exception.Message);
        }
#pragma warning disable CA1031 // Whatever it is: another token may be put there.
        catch (Exception exception) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Say(exception.Message);
        }
    }

    // Whoever can read it could have come into the cluster, and whoever can write it can have this node join theirs.
    private string Read()
    {
        string text = "";
        SystemRefusal.Guard(files.JoinToken, () =>
        {
            using FileStream file = File.OpenRead(files.JoinToken);
            UnixFileMode mode = File.GetUnixFileMode(file.SafeFileHandle);
            if ((mode & Others) != 0 || FileStatus.Read(file.SafeFileHandle, out FileStatus status) != Errno.None ||
                status.User != ProcessCalls.EffectiveUser)
            {
                throw new CommandException(
                    ExitCode.SystemRefused,
                    $"{files.JoinToken}: others than root can read or write it (chown root, chmod 600)");
            }

            text = Encoding.UTF8.GetString(BoundedFile.Read(file, MaxLength)).Trim();
        });
        return text;
    }

    private void Say(string problem)
    {
        if (problem != _problem)
        {
            AgentLog.NotJoinedByFile(logger, files.JoinToken, problem);
        }

        _problem = problem;
    }
}
