using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>
/// What such a process knows of the run before: kept in a file beside its control socket, and, where it crashed, in one with its
/// last words. One without a control socket has no history.
/// </summary>
/// <param name="options">Say where the control socket is.</param>
/// <param name="preparation">What is going to run; goes into the last words.</param>
/// <param name="end">Knows how this run ends.</param>
/// <param name="logger">Told how the run before ended, and what goes wrong here.</param>
internal sealed class RunHistory(
    ProcessOptions options, GraphPreparation preparation, ProcessEnd end, ILogger<RunHistory> logger) : Part
{
    private readonly RunFiles? _files = options.Control is null ? null : new RunFiles(options.Control);

    /// <summary>The run before; null where none is known.</summary>
    internal ProcessRun? Previous { get; private set; }

    /// <summary>This run.</summary>
    internal ProcessRun Current { get => field ?? throw new InvalidOperationException("the run has not begun"); private set; }

    /// <summary>Reads what is known, and notes that this run has begun. From now on a crash leaves last words.</summary>
    /// <param name="stopping">Not looked at.</param>
    /// <returns>A task that has ended.</returns>
    protected override Task StartAsync(CancellationToken stopping)
    {
        Previous = _files is not null && File.Exists(_files.Record) ? _files.ReadRun() : null;
        Current = new ProcessRun((Previous?.Starts ?? 0) + 1, Environment.ProcessId, DateTime.UtcNow, null, null, null);
        if (_files is not null)
        {
            _files.ForgetFailure();
            Write(_files, Current);
            KeepLastWords(_files);
        }

        ReportPrevious();
        return Task.CompletedTask;
    }

    /// <summary>Notes that this run has ended in good order.</summary>
    /// <returns>A task that has ended.</returns>
    protected override Task StopAsync()
    {
        if (_files is not null)
        {
            Write(_files, Current with { EndedAt = DateTime.UtcNow, ExitCode = (int)end.Code });
        }

        return Task.CompletedTask;
    }

    // Where the run before did not end well.
    private void ReportPrevious()
    {
        switch (Previous)
        {
            case { LastWords: { } lastWords }:
                GraphLifeLog.Crashed(logger, Previous.ProcessId, lastWords);
                break;
            case { EndedAt: null }:
                GraphLifeLog.EndedWithoutWord(logger, Previous.ProcessId);
                break;
        }
    }

    private void KeepLastWords(RunFiles files)
    {
        string heading =
            $"kadalu-fsd: {ProgramVersion.Text}\nglusterfs: {preparation.Library.GlusterFsVersion}\n" +
            $"graph: {string.Join(" > ", preparation.Graph.Volfile.Volumes.Reverse().Select(volume => volume.Type))}\n";
        try
        {
            GlusterContext.KeepLastWords(files.LastWords, heading);
        }
        catch (GraphException exception)
        {
            GraphLifeLog.HistoryNotWritten(logger, files.LastWords, exception.Message);
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
