using KadaluFsd.Control;
using KadaluFsd.Hosting;

namespace KadaluFsd.Daemons.Heal;

/// <summary>Claims what only one self-heal daemon of a pool can have on a node: its control socket and its pid file.</summary>
/// <param name="preparation">Waits for a previous daemon.</param>
internal sealed class HealClaim(ControlOptions options, HealPreparation preparation, PidFile pidFile) : Part
{
    /// <inheritdoc/>
    protected override async Task StartAsync(CancellationToken stopping)
    {
        await preparation.Retry.UntilAsync(() => ControlSockets.ExpectFree(options), stopping);
        await preparation.Retry.UntilAsync(pidFile.Take, stopping);
    }
}
