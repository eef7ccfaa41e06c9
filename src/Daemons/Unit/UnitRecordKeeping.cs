using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>
/// Remembers which directory the unit serves, so that an empty disk in its place is told from a new unit. Beside everything else:
/// a start does not wait for the disk because of it, and other managers' directories may not be ours to write into.
/// </summary>
/// <param name="logger">Told where it cannot be done.</param>
internal sealed class UnitRecordKeeping(UnitPreparation preparation, WorkThread work, ILogger<UnitRecordKeeping> logger) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        _ = work.InvokeAsync(Keep);
        return Task.CompletedTask;
    }

    private bool Keep()
    {
        try
        {
            preparation.Record.Keep();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            GraphLifeLog.RecordNotKept(logger, exception.Message);
            return false;
        }
    }
}
