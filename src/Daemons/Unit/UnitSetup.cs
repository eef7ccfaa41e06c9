using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Creates in the unit's directory what the graph expects there. The first part that changes anything on disk.</summary>
internal sealed class UnitSetup(UnitPreparation preparation, UnitOptions options, ILogger<UnitSetup> logger) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        // Checked again: while a previous process was waited for, the directory was in its hands.
        if (!preparation.UnitDirectory.Check(options.InitDirectory) && preparation.Plan.Identity.VolumeId is { } id)
        {
            preparation.UnitDirectory.WriteVolumeId();
            GraphLifeLog.DirectoryInitialised(logger, id, preparation.UnitDirectory.Path);
        }

        preparation.UnitDirectory.PrepareHidden();
        return Task.CompletedTask;
    }
}
