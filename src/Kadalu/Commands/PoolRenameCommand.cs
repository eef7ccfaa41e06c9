using System.CommandLine;
using KadaluFsd.Cluster.Commands;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool rename</c>.</summary>
internal static class PoolRenameCommand
{
    internal static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The name that it gets." };
        return PoolCommand.WithPool(
            "rename",
            "Give a stopped pool another name, on all of its nodes. Its id, files, units, ports and options stay; clients " +
            "mount it by the new name.",
            (parsed, pool, cancellation) => PoolCommand.OrderAsync(
                parsed, new RenameOrder(pool, parsed.GetValue(name)!),
                $"pool {pool} is called {parsed.GetValue(name)} now (kadalu pool start {parsed.GetValue(name)})", cancellation),
            name, CommonOptions.OfflineOk, CommonOptions.DryRun);
    }
}
