using KadaluFsd.Daemons.Health;
using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Daemons.Unit;

/// <summary>
/// Claims what only one process can have: the unit's directory, its ports and its pid file. The router closes the ports.
/// </summary>
/// <param name="preparation">The unit; waits for a previous process.</param>
/// <param name="probe">Records the directory.</param>
internal sealed class UnitClaim(UnitPreparation preparation, ListenerSet listeners, PidFile pidFile, DirectoryProbe probe) : Part
{
    private DirectoryLock? _lock;

    /// <inheritdoc/>
    protected override async Task StartAsync(CancellationToken stopping)
    {
        try
        {
            _lock = await preparation.Retry.UntilAsync(preparation.UnitDirectory.Lock, stopping);
            bool isEncrypted = PendingOptions.TlsOf(preparation.Plan.Volfile).Contains(true);
            await preparation.Retry.UntilAsync(() => listeners.OpenForUnit(preparation.Address, isEncrypted), stopping);
            await preparation.Retry.UntilAsync(pidFile.Take, stopping);
            probe.Remember(preparation.Plan.Identity.Directory, preparation.Plan.Identity.VolumeId);
        }
        catch
        {
            await StopAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        listeners.Dispose();
        _lock?.Dispose();
        return Task.CompletedTask;
    }
}
