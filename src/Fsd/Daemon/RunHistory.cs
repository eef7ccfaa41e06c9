using KadaluFsd.Contract;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Daemon;

/// <summary>
/// What such a process knows of the run before: kept in a file beside its control socket, and, where it crashed, in one with its last words.
/// One without a control socket has no history.
/// </summary>
internal sealed class RunHistory
{
    private readonly RunFiles? _files;
    private readonly ILogger _logger;

    private RunHistory(RunFiles? files, ProcessRun? previous, ProcessRun current, ILogger logger) => (_files, Previous, Current, _logger) = (files, previous, current, logger);

    /// <summary>The run before; null where none is known.</summary>
    internal ProcessRun? Previous { get; }

    /// <summary>This run.</summary>
    internal ProcessRun Current { get; }

    /// <summary>Reads what is known, and notes that this run has begun. From now on a crash leaves last words.</summary>
    /// <param name="control">Path of the control socket; null for none.</param>
    /// <param name="heading">Lines for the last words: versions, volfile.</param>
    /// <param name="logger">Told what goes wrong.</param>
    /// <returns>The history.</returns>
    internal static RunHistory Begin(string? control, string heading, ILogger logger)
    {
        RunFiles? files = control is null ? null : new RunFiles(control);
        ProcessRun? previous = files is not null && File.Exists(files.Record) ? files.ReadRun() : null;
        var history = new RunHistory(
            files, previous, new ProcessRun((previous?.Starts ?? 0) + 1, Environment.ProcessId, DateTime.UtcNow, null, null, null), logger);
        if (files is not null)
        {
            files.ForgetFailure();
            history.Keep(files, heading);
        }

        return history;
    }

    /// <summary>Notes that this was no run after all: what is known of the run before is for the next one.</summary>
    internal void TakeBack()
    {
        if (Previous is not null)
        {
            Write(Previous);
        }
        else if (_files is not null && File.Exists(_files.Record))
        {
            File.Delete(_files.Record);
        }
    }

    /// <summary>Logs how the run before ended, where it did not end well.</summary>
    internal void ReportPrevious()
    {
        switch (Previous)
        {
            case { LastWords: { } lastWords }:
                LifeLog.Crashed(_logger, Previous.ProcessId, lastWords);
                break;
            case { EndedAt: null }:
                LifeLog.EndedWithoutWord(_logger, Previous.ProcessId);
                break;
        }
    }

    /// <summary>Notes that this run has ended in good order.</summary>
    /// <param name="code">How.</param>
    internal void End(ExitCode code) => Write(Current with { EndedAt = DateTime.UtcNow, ExitCode = (int)code });

    /// <summary>Does a part of the start; where it fails, this run has ended.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="part">The part.</param>
    /// <returns>What it gives.</returns>
    internal T EndIfItFails<T>(Func<T> part)
    {
        try
        {
            return part();
        }
        catch (CommandException exception)
        {
            End(exception.Code);
            throw;
        }
    }

    /// <summary>Waits for a part of the start; where it fails, this run has ended.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="part">The part.</param>
    /// <returns>What it gives.</returns>
    internal async Task<T> EndIfItFailsAsync<T>(Task<T> part)
    {
        try
        {
            return await part;
        }
        catch (CommandException exception)
        {
            End(exception.Code);
            throw;
        }
    }

    private void Keep(RunFiles files, string heading)
    {
        Write(Current);
        try
        {
            GlusterContext.KeepLastWords(files.LastWords, heading);
        }
        catch (GraphException exception)
        {
            LifeLog.HistoryNotWritten(_logger, files.LastWords, exception.Message);
        }
    }

    private void Write(ProcessRun run)
    {
        if (_files is null)
        {
            return;
        }

        try
        {
            _files.WriteRun(run);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LifeLog.HistoryNotWritten(_logger, _files.Record, exception.Message);
        }
    }
}
