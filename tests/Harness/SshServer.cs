using System.Diagnostics;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>OpenSSH's server on a machine of a cluster, where another machine's root can log in by its key.</summary>
internal static class SshServer
{
    private const string Home = "/root";

    /// <summary>Starts it, on the usual port, and waits until it can be reached.</summary>
    /// <param name="workspace">The test's; it ends with that.</param>
    /// <param name="server">The machine.</param>
    /// <param name="client">Whose root can log in; both have a home of root of their own from then on.</param>
    internal static async Task StartAsync(Workspace workspace, ClusterMachine server, ClusterMachine client)
    {
        string directory = workspace.Create("ssh", server.Name);
        await Command.MustAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(directory, "host"));
        await Command.MustAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(directory, "id"));
        string known = $"{server.Name} {await File.ReadAllTextAsync(Path.Combine(directory, "host.pub"))}";
        await File.WriteAllTextAsync(Path.Combine(directory, "known_hosts"), known);
        await client.MustAsync("sh", "-ec", $"""
            mkdir -p {directory}/home/.ssh
            mount --bind {directory}/home {Home}
            cp {directory}/known_hosts {Home}/.ssh/known_hosts
            cp {directory}/id {Home}/.ssh/id_ed25519
            """);
        await File.WriteAllTextAsync(Path.Combine(directory, "sshd_config"), $"""
            HostKey {directory}/host
            AuthorizedKeysFile {directory}/id.pub
            PasswordAuthentication no
            PermitRootLogin yes
            StrictModes no
            UsePAM no
            PidFile none
            SetEnv PATH={Path.GetDirectoryName(Workspace.Program)}:/usr/bin:/bin:/usr/sbin:/sbin

            """);
        await server.MustAsync("mkdir", "-p", "/run/sshd");
        Process process = server.Start("/usr/sbin/sshd", "-D", "-e", "-f", Path.Combine(directory, "sshd_config"));
        await Until.SoAsync(
            $"ssh to {server.Name} works",
            async () => process.HasExited
                ? throw new InvalidOperationException($"sshd has ended: {await process.StandardError.ReadToEndAsync()}")
                : (await client.RunAsync("ssh", "-o", "BatchMode=yes", server.Name, "true")).ExitCode == 0);
    }
}
