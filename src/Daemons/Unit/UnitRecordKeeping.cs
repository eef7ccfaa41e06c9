using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>
/// Records which directory the unit serves, so that an empty disk in its place is told from a new unit. Beside the start, which
/// does not wait for that disk write; other managers' directories may not be writable for us.
/// </summary>
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
