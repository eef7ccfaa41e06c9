using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Manager;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu cluster backup</c> and <c>restore</c>.</summary>
internal static class ClusterBackupCommands
{
    // A large state on a slow disk.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    internal static Command CreateBackup()
    {
        var file = new Argument<string>("FILE") { Description = "The file; only root can read it." };
        var force = new Option<bool>("--force") { Description = "Replace a file that is there." };
        var command = new Command(
            "backup", "Copy what the manager knows to a file, on the manager's node. Whoever has it has the cluster's key.")
            { file, force };
        command.SetAction(async (parsed, cancellation) =>
        {
            BackupInfo made = await BackUpAsync(
                Path.GetFullPath(parsed.GetValue(file)!), parsed.GetValue(force), cancellation);
            return CommonOptions.Show(parsed, JsonSerializer.Serialize(made, CommandJson.Default.BackupInfo), () =>
            {
                Terminal.Line(
                    $"{made.File} has what the manager knows, with the cluster's key; kadalu cluster restore puts it back");
            });
        });
        return command;
    }

    internal static Command CreateRestore()
    {
        var file = new Argument<string>("FILE") { Description = "What kadalu cluster backup has made." };
        var command = new Command(
            "restore", "Put a backup in the place of what the manager of this node knows, while the manager does not run.")
            { file };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (ManagerAccess.IsManagerHere)
            {
                throw new CommandException(
                    ExitCode.PoolRefused, "the manager runs on this node: stop it first (systemctl stop kadalu-manager)");
            }

            CommonOptions.Confirm(parsed, "What the manager knows becomes what it knew when the backup was made.");
            RestoredState put = await StateRestore.RestoreAsync(
                Path.GetFullPath(parsed.GetValue(file)!), NodeFiles.OfEnvironment, TimeProvider.System, cancellation);
            return CommonOptions.Show(parsed, JsonSerializer.Serialize(put, CommandJson.Default.RestoredState), () =>
            {
                Show(put);
            });
        });
        return command;
    }

    private static void Show(RestoredState put)
    {
        Terminal.Line(
            $"the cluster {put.Cluster} is put back as it was after the task {put.Task}, with {put.Nodes} nodes and " +
            $"{put.Pools} pools" + (put.Before is { } before ? $"; what was here before is {before}" : ""));
        foreach (string pool in put.Interrupted)
        {
            Terminal.Line(
                $"{pool} was being changed then: kadalu pool adopt {pool} --from NODE, or kadalu pool stop and delete it");
        }

        Terminal.Line(
            $"next: start the manager (systemctl start kadalu-manager, or kadalu manager); nodes ask it at {put.Host}. Then " +
            "kadalu cluster info and kadalu pool list say what nodes have seen since. A node that has joined since joins " +
            "again: kadalu node join --again");
    }

    private static bool IsSame(string? one, string? other) =>
        one is not null && other is not null && FileStatus.Read(one, out FileStatus first) == Errno.None &&
        FileStatus.Read(other, out FileStatus second) == Errno.None && first.IsSameFile(second);

    private static async Task<BackupInfo> BackUpAsync(string file, bool replaces, CancellationToken cancellation)
    {
        if (!ManagerAccess.IsManagerHere)
        {
            throw new CommandException(
                ExitCode.PeerUnreachable, "the manager does not run on this node, and gives what it knows to nobody else");
        }

        // What is replaced there the manager has open: it would go on writing into what nobody sees any more.
        string state = NodeFiles.OfEnvironment.ManagerState;
        if (IsSame(Path.GetDirectoryName(file), Path.GetDirectoryName(state)))
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"{Path.GetDirectoryName(state)} is the manager's own: keep the copy elsewhere, best on another machine");
        }

        if (!replaces && (File.Exists(file) || Directory.Exists(file)))
        {
            throw new CommandException(ExitCode.PoolRefused, $"{file} is there already: --force replaces it");
        }

        string whole = $"{file}.{Guid.NewGuid():N}";
        FileStream? made = null;
        SystemRefusal.Guard(whole, () =>
        {
            AtomicFile.RemoveLeftovers(file);
            made = OwnFiles.Create(whole, FileModes.Secret);
        });
        try
        {
            long length;
            await using (FileStream copy = made!)
            {
                await ControlClient.DownloadAsync(UsualPlaces.ManagerSocket, ManagerPaths.Backup, copy, s_patience, cancellation);
                SystemRefusal.Guard(whole, () => copy.Flush(flushToDisk: true));
                length = copy.Length;
            }

            SystemRefusal.Guard(file, () => File.Move(whole, file, replaces));
            return new BackupInfo(file, length);
        }
        catch
        {
            File.Delete(whole);
            throw;
        }
    }
}
