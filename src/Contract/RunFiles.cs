using System.Globalization;
using System.Text;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Contract;

/// <summary>The files beside a process's control socket in which it is kept how it ran.</summary>
/// <param name="control">Path of the control socket.</param>
public sealed class RunFiles(string control)
{
    private const string ControlEnding = ".control.sock";

    // Lines of the record, which people may read: name, colon, value.
    private const string StartsLine = "starts";
    private const string ProcessLine = "process";
    private const string StartedLine = "started";
    private const string EndedLine = "ended";
    private const string ExitCodeLine = "exit-code";

    // A line for people, and for one line of text.
    private const int MaxFailure = 4096;

    private readonly string _stem = control.EndsWith(ControlEnding, StringComparison.Ordinal)
        ? control[..^ControlEnding.Length]
        : control;

    /// <summary>When the last run began and ended.</summary>
    public string Record => _stem + ".last-run";

    /// <summary>Of a crash: signal, version, native backtrace.</summary>
    public string LastWords => _stem + ".last-words";

    // Why the last start failed, or the last run; there until the next run begins.
    private string Failure => _stem + ".last-failure";

    /// <summary>
    /// Notes that the process does not start, or ends, and why. Where that cannot be written, whoever started it was told all the
    /// same.
    /// </summary>
    public void NoteFailure(CommandException failure)
    {
        try
        {
            string line =
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"it ended with exit code {(int)failure.Code} at {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC: " +
                    $"{failure.Message}");
            OwnFiles.Put(Failure, Encoding.UTF8.GetBytes(line.Replace('\n', ' ')), FileModes.Record);
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            // As above.
        }
    }

    /// <summary>Notes that a run has begun.</summary>
    public void ForgetFailure()
    {
        try
        {
            File.Delete(Failure);
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            // It is written over by the next one.
        }
    }

    /// <summary>Reads why the last start failed, or the last run.</summary>
    /// <returns>A line; null where it did not.</returns>
    public string? ReadFailure()
    {
        try
        {
            using FileStream file = File.OpenRead(Failure);
            byte[] bytes = new byte[MaxFailure];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            return null;
        }
    }

    /// <summary>Removes them all: of a process that is not to run again.</summary>
    /// <exception cref="IOException">One cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not remove one.</exception>
    public void Remove()
    {
        if (Directory.Exists(Path.GetDirectoryName(_stem)))
        {
            foreach (string path in (string[])[Record, LastWords, Failure])
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Says how the last run ended of a process that does not run.</summary>
    /// <returns>How; null where nothing is known.</returns>
    public string? DescribeEnd() => ReadFailure() ?? (!File.Exists(Record) ? null : ReadRun() switch
    {
        null => null,
        { LastWords: not null } => "it crashed",
        { EndedAt: { } ended, ExitCode: { } code } =>
            string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {code} at {ended:yyyy-MM-dd HH:mm:ss} UTC"),
        _ => "it was killed, or the machine went down",
    });

    /// <summary>Reads of the last run.</summary>
    /// <returns>It; null where nothing can be read of one.</returns>
    public ProcessRun? ReadRun()
    {
        try
        {
            Dictionary<string,
            string> lines = File.ReadLines(Record).Select(line => line.Split(": ", 2))
            .Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
            var run = new ProcessRun(
                Number(lines[StartsLine]), Number(lines[ProcessLine]), Time(lines[StartedLine]),
                lines.TryGetValue(EndedLine, out string? ended) ? Time(ended) : null,
                lines.TryGetValue(ExitCodeLine, out string? code) ? Number(code) : null, null);
            var words = new FileInfo(LastWords);
            return words.Exists && words.LastWriteTimeUtc >= run.StartedAt
                ? run with { LastWords = File.ReadAllText(words.FullName) } : run;
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or FormatException or OverflowException or
                KeyNotFoundException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Writes of a run.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write it.</exception>
    public void WriteRun(ProcessRun run)
    {
        string text =
            string.Create(
                CultureInfo.InvariantCulture,
                $"{StartsLine}: {run.Starts}\n{ProcessLine}: {run.ProcessId}\n{StartedLine}: {run.StartedAt:O}\n");
        string ending = run.EndedAt is { } end
            ? string.Create(CultureInfo.InvariantCulture, $"{EndedLine}: {end:O}\n{ExitCodeLine}: {run.ExitCode}\n") : "";
        OwnFiles.Put(Record, Encoding.UTF8.GetBytes(text + ending), FileModes.Record);
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static DateTime Time(string text) =>
        DateTime.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
