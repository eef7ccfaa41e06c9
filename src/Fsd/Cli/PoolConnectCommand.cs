using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd pool connect</c>: what clients are given to reach a pool.</summary>
internal static class PoolConnectCommand
{
    /// <summary>Builds the command.</summary>
    internal static Command Create() => PoolCommand.WithPool(
        "connect", "Print what clients are given to reach a pool: lines for mounts, libgfapi, QEMU, libvirt, Samba, NFS-Ganesha.",
        (parsed, name, _) =>
        {
            Console.Write(Describe(new ClientLines(PoolCommand.Open(parsed).Store.Get(name).Pool)));
            return Task.FromResult((int)ExitCode.Success);
        });

    /// <summary>The lines as people read them.</summary>
    internal static string Describe(ClientLines lines) => string.Join('\n', new (string Title, string Text)[]
    {
        ("Volfile servers", string.Join('\n', lines.Addresses)),
        ("A mount (needs packaging/mount.kadalu as /sbin/mount.kadalu)", lines.Mount),
        ("A line of /etc/fstab", lines.Fstab),
        ("A mount with GlusterFS's own helper", lines.StockMount),
        ("libgfapi", lines.Gfapi),
        ("QEMU, one server", lines.QemuUri),
        ("QEMU, all servers", lines.QemuJson),
        ("libvirt", lines.Libvirt),
        ("Samba, smb.conf", lines.Samba),
        ("NFS-Ganesha, with kadalu-fsd gateway on its machine", lines.Ganesha),
        ("NFS-Ganesha, with the package nfs-ganesha-kadalu", lines.GaneshaWithPackage),
    }.Select(part => $"# {part.Title}\n{part.Text}\n"));
}
