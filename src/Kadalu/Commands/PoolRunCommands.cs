using System.CommandLine;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Steps;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool start</c>, <c>stop</c> and <c>restart</c>.</summary>
internal static class PoolRunCommands
{
    /// <summary>Builds <c>kadalu pool start</c>.</summary>
    internal static Command CreateStart()
    {
        var disturb = new Option<bool>("--disturb-exports")
        {
            Description = "Let layers of clients come and go although NFS-Ganesha exports the pool: open files lose writes.",
        };
        var distribute = new Option<bool>("--distribute-layer")
        {
            Description =
                "Add cluster/distribute to the graph of clients, as new pools of one group have it: without it a second " +
                "group would hide directories. The pool must be stopped.",
        };
        return PoolCommand.WithPool(
            "start", "Start a pool's units and self-heal daemons, on all of its nodes.",
            async (parsed, name, cancellation) =>
            {
                int code = parsed.GetValue(distribute) ? await PoolCommand.OrderAsync(
                    parsed,
                    new ChangeOrder(name, [], [], ResetsAll: false, new StepChangeTerms(Restart: false, MayDisturbExports: true))
                    {
                        AddsDistribute = true,
                    },
                    $"clients of {name} have cluster/distribute", cancellation) : 0;
                return code != 0 || (parsed.GetValue(distribute) && parsed.GetValue(CommonOptions.DryRun)) ? code
                    : await PoolCommand.OrderAsync(
                        parsed, new StartOrder(name, parsed.GetValue(disturb)), $"pool {name} is started", cancellation);
            },
            disturb, distribute, CommonOptions.OfflineOk, CommonOptions.DryRun);
    }

    /// <summary>Builds <c>kadalu pool stop</c>.</summary>
    internal static Command CreateStop() => PoolCommand.WithPool(
        "stop", "Stop a pool: its clients wait or fail until it is started again.", (parsed, name, cancellation) =>
        {
            CommonOptions.Confirm(parsed, $"Clients of {name} cannot read and write while it is stopped.");
            return PoolCommand.OrderAsync(parsed, new StopOrder(name), $"pool {name} is stopped", cancellation);
        },
        CommonOptions.OfflineOk, CommonOptions.DryRun);

    /// <summary>Builds <c>kadalu pool restart</c>.</summary>
    internal static Command CreateRestart()
    {
        var rolling = new Option<bool>("--rolling")
        {
            Description =
                "One unit after the other, on one node after the other, waiting for clients and heals: where groups have " +
                "copies, clients reach their files all the time.",
        };
        return PoolCommand.WithPool(
            "restart", "Restart a pool's units and self-heal daemons, such as for options that they take only at a start.",
            (parsed, name, cancellation) =>
            {
                bool isRolling = parsed.GetValue(rolling);
                if (!isRolling)
                {
                    CommonOptions.Confirm(
                        parsed, $"Clients of {name} wait while all of its units restart at once; --rolling avoids that.");
                }

                return PoolCommand.OrderAsync(
                    parsed, new RestartOrder(name, isRolling, Unit: null), $"pool {name} is restarted", cancellation);
            },
            rolling, CommonOptions.DryRun);
    }
}
