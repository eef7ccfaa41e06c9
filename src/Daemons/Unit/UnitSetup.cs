using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>
/// Makes in the unit's directory what the graph needs to find there. The first thing that changes anything on its disk.
/// </summary>
/// <param name="preparation">Which directory.</param>
/// <param name="options">Say whether it may be new.</param>
/// <param name="logger">Told of a new one.</param>
internal sealed class UnitSetup(UnitPreparation preparation, UnitOptions options, ILogger<UnitSetup> logger) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        // Looked at again: while an earlier process was waited for, the directory was its own.
        if (!preparation.UnitDirectory.Check(options.InitDirectory))
        {
            preparation.UnitDirectory.WriteVolumeId();
            GraphLifeLog.DirectoryInitialised(logger, preparation.Plan.Identity.VolumeId, preparation.UnitDirectory.Path);
        }

        preparation.UnitDirectory.PrepareHidden();
        return Task.CompletedTask;
    }
}
