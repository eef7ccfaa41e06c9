using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Unit;

/// <summary>One run of a unit.</summary>
/// <param name="Starts">Which one it is, from 1, since the record was begun; where systemd's units have it, since the machine started.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="StartedAt">When, UTC.</param>
/// <param name="EndedAt">When it ended in good order, UTC; null while it runs, and for ever where it crashed or was killed.</param>
/// <param name="ExitCode">How; null likewise.</param>
/// <param name="LastWords">Of a crash: signal, version, native backtrace. Null where there was none.</param>
internal sealed record UnitRun(int Starts, int ProcessId, DateTime StartedAt, DateTime? EndedAt, int? ExitCode, string? LastWords);

/// <summary>How <see cref="UnitRun"/> is kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(UnitRun))]
internal sealed partial class UnitHistoryJson : JsonSerializerContext;

/// <summary>
/// What a unit knows of the run before: kept in a file beside its control socket, and, where it crashed, in one with its last words.
/// A unit without a control socket has no history.
/// </summary>
internal sealed class UnitHistory
{
    private const string ControlEnding = ".control.sock";

    private readonly string? _stem;
    private readonly ILogger _logger;

    private UnitHistory(string? stem, UnitRun? previous, UnitRun current, ILogger logger) => (_stem, Previous, Current, _logger) = (stem, previous, current, logger);

    /// <summary>The run before; null where none is known.</summary>
    internal UnitRun? Previous { get; }

    /// <summary>This run.</summary>
    internal UnitRun Current { get; }

    /// <summary>Reads what is known, and notes that this run has begun. From now on a crash leaves last words.</summary>
    /// <param name="control">Path of the control socket; null for none.</param>
    /// <param name="heading">Lines for the last words: versions, volfile.</param>
    /// <param name="logger">Told how the run before ended, where it did not end well.</param>
    /// <returns>The history.</returns>
    internal static UnitHistory Begin(string? control, string heading, ILogger logger)
    {
        string? stem = control is null ? null : control.EndsWith(ControlEnding, StringComparison.Ordinal) ? control[..^ControlEnding.Length] : control;
        UnitRun? previous = stem is null ? null : Read(stem);
        var history = new UnitHistory(
            stem, previous, new UnitRun((previous?.Starts ?? 0) + 1, Environment.ProcessId, DateTime.UtcNow, null, null, null), logger);
        switch (previous)
        {
            case { LastWords: { } lastWords }:
                FsdLog.Crashed(logger, previous.ProcessId, lastWords);
                break;
            case { EndedAt: null }:
                FsdLog.EndedWithoutWord(logger, previous.ProcessId);
                break;
        }

        if (stem is not null)
        {
            history.Keep(heading);
        }

        return history;
    }

    /// <summary>Notes that this run has ended in good order.</summary>
    /// <param name="code">How.</param>
    internal void End(ExitCode code) => Write(Current with { EndedAt = DateTime.UtcNow, ExitCode = (int)code });

    private static string LastWordsOf(string stem) => stem + ".last-words";

    private static string RecordOf(string stem) => stem + ".last-run";

    private static UnitRun? Read(string stem)
    {
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(RecordOf(stem)), UnitHistoryJson.Default.UnitRun) is not { } run)
            {
                return null;
            }

            var words = new FileInfo(LastWordsOf(stem));
            return words.Exists && words.LastWriteTimeUtc >= run.StartedAt ? run with { LastWords = File.ReadAllText(words.FullName) } : run;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private void Keep(string heading)
    {
        Write(Current);
        try
        {
            GlusterContext.KeepLastWords(LastWordsOf(_stem!), heading);
        }
        catch (GraphException exception)
        {
            FsdLog.HistoryNotWritten(_logger, LastWordsOf(_stem!), exception.Message);
        }
    }

    private void Write(UnitRun run)
    {
        if (_stem is null)
        {
            return;
        }

        string path = RecordOf(_stem);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(run, UnitHistoryJson.Default.UnitRun));
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FsdLog.HistoryNotWritten(_logger, path, exception.Message);
        }
    }
}
