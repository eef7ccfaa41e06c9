using System.CommandLine;
using KadaluFsd.Agent.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary>
/// <c>kadalu-fsd may-start KEY</c>, which the service manager runs before a unit or a self-heal daemon (systemd's ExecCondition): exit code 0 where it
/// may start, with the newest definition of its pool.
/// </summary>
internal static class UnitConditionCommand
{
    // Less than 255, so that systemd skips the start instead of calling it failed.
    private const int MayNot = 100;

    internal static Command Create()
    {
        var key = new Argument<string>("KEY") { Description = "The volfile's key of the unit or self-heal daemon." };
        var command = new Command("may-start", "Take over the newest definition of a pool before its processes start.") { key };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => RunAsync(PoolPaths.PoolOf(parsed.GetValue(key)!), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string pool, CancellationToken cancellation)
    {
        try
        {
            (PoolPaths paths, PoolStore store, ThisNode node) = NodePools.Open();
            var condition =
                new UnitCondition(store, () => NodePools.LoadLibrary(paths, node).Volfiles, node, Console.Error.WriteLine);
            return await condition.CheckAsync(pool, cancellation) ? (int)ExitCode.Success : MayNot;
        }
#pragma warning disable CA1031 // Whatever prevents it, the unit serves what it has.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine($"the newest definition of {pool} is not taken over: {exception.Message}");
            return (int)ExitCode.Success;
        }
    }
}
