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
            (PoolPaths paths, PoolStore store, ThisNode _) = PoolCommand.Open(parsed);
            var exports = new PoolExports(paths, Console.WriteLine);
            Console.Write(Describe(new ClientLines(store.Get(name).Pool, exports.Nfs.NumberOf(name))));
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
        ("QEMU: an image, by one server", lines.QemuUri),
        ("QEMU: an image, by all servers (between single quotes in a shell)", lines.QemuJson),
        ("libvirt", lines.Libvirt),
        ("Samba, smb.conf (or: kadalu-fsd pool export smb)", lines.Samba),
        ("NFS-Ganesha (or: kadalu-fsd pool export nfs), which asks a gateway or the units' alias", lines.Ganesha),
        ("NFS-Ganesha, with the package nfs-ganesha-kadalu", lines.GaneshaWithPackage),
    }.Select(part => $"# {part.Title}\n{part.Text}\n"));
}
