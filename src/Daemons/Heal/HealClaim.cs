using KadaluFsd.Control;
using KadaluFsd.Hosting;

namespace KadaluFsd.Daemons.Heal;

/// <summary>
/// What only one self-heal daemon of a pool can have on a node: the place of its control socket, and its pid file.
/// </summary>
/// <param name="options">Say where the socket is.</param>
/// <param name="preparation">Waits for an earlier daemon.</param>
/// <param name="pidFile">The pid file.</param>
internal sealed class HealClaim(ControlOptions options, HealPreparation preparation, PidFile pidFile) : Part
{
    /// <inheritdoc/>
    protected override async Task StartAsync(CancellationToken stopping)
    {
        await preparation.Retry.UntilAsync(() => ControlSockets.ExpectFree(options), stopping);
        await preparation.Retry.UntilAsync(pidFile.Take, stopping);
    }
}
