using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool connect</c>.</summary>
internal static class PoolConnectCommand
{
    internal static Command Create() => PoolCommand.WithPool(
        "connect",
        "Print what clients are given to reach a pool: lines for mounts, libgfapi, QEMU, libvirt, Samba, NFS-Ganesha. Words in " +
        "upper case are to be replaced. Example: kadalu pool connect pool1",
        async (parsed, name, cancellation) =>
        {
            PoolAccess access = await ManagerAccess.ReadAsync(
                PoolCommand.PathOf(name, "/connect"), CommandJson.Default.PoolAccess, cancellation);
            Pool pool = PoolCondition.ReadPool(access.Pool.Definition);

            // Where no node says a number, the lines have the first one that is given: people see it, and can change it.
            ClientLines lines = access.NfsNumber is { } number ? new ClientLines(pool, number) : new ClientLines(pool);
            return CommonOptions.Show(parsed, JsonSerializer.Serialize(lines, ClientLinesJson.Default.ClientLines), () =>
            {
                Terminal.Paste(lines.Describe());
            });
        });
}
