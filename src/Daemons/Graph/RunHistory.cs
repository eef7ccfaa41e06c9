using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>
/// The record of runs: kept in a file beside the control socket, with a crash report where a run has crashed. A process without a
/// control socket has none.
/// </summary>
/// <param name="options">The path of the control socket.</param>
/// <param name="preparation">Named in crash reports.</param>
/// <param name="end">How this run ends.</param>
internal sealed class RunHistory(
    ProcessOptions options, GraphPreparation preparation, ProcessEnd end, ILogger<RunHistory> logger) : Part
{
    private readonly RunFiles? _files = options.Control is null ? null : new RunFiles(options.Control);

    /// <summary>The previous run; null where none is known.</summary>
    internal ProcessRun? Previous { get; private set; }

    internal ProcessRun Current { get => field ?? throw new InvalidOperationException("the run has not begun"); private set; }

    /// <summary>Reads the record, and notes that this run has begun. From now on a crash leaves a report.</summary>
    protected override Task StartAsync(CancellationToken stopping)
    {
        Previous = _files is not null && File.Exists(_files.Record) ? _files.ReadRun() : null;
        Current = new ProcessRun((Previous?.Starts ?? 0) + 1, Environment.ProcessId, DateTime.UtcNow, null, null, null);
        if (_files is not null)
        {
            _files.ForgetFailure();
            Write(_files, Current);
            ReportCrashes(_files);
        }

        ReportPrevious();
        return Task.CompletedTask;
    }

    /// <summary>Notes that this run has ended normally.</summary>
    protected override Task StopAsync()
    {
        if (_files is not null)
        {
            Write(_files, Current with { EndedAt = DateTime.UtcNow, ExitCode = (int)end.Code });
        }

        return Task.CompletedTask;
    }

    // Logs a previous run that did not end normally.
    private void ReportPrevious()
    {
        switch (Previous)
        {
            case { CrashReport: { } crashReport }:
                GraphLifeLog.Crashed(logger, Previous.ProcessId, crashReport);
                break;
            case { EndedAt: null }:
                GraphLifeLog.EndedWithoutWord(logger, Previous.ProcessId);
                break;
        }
    }

    private void ReportCrashes(RunFiles files)
    {
        string heading =
            $"kadalu-fsd: {ProgramVersion.Text}\nglusterfs: {preparation.Library.GlusterFsVersion}\n" +
            $"graph: {string.Join(" > ", preparation.Graph.Volfile.Volumes.Reverse().Select(volume => volume.Type))}\n";
        try
        {
            GlusterContext.ReportCrashes(files.CrashReport, heading);
        }
        catch (GraphException exception)
        {
            GraphLifeLog.HistoryNotWritten(logger, files.CrashReport, exception.Message);
        }
    }

    private void Write(RunFiles files, ProcessRun run)
    {
        try
        {
            files.WriteRun(run);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            GraphLifeLog.HistoryNotWritten(logger, files.Record, exception.Message);
        }
    }
}
