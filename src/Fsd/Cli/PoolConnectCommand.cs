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
            Console.Write(new ClientLines(store.Get(name).Pool, exports.Nfs.NumberOf(name)).Describe("kadalu-fsd"));
            return Task.FromResult((int)ExitCode.Success);
        });
}
