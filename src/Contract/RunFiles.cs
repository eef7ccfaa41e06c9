using System.Globalization;
using System.Text;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Contract;

/// <summary>The files beside a process's control socket that record how it ran.</summary>
/// <param name="control">Path of the control socket.</param>
public sealed class RunFiles(string control)
{
    private const string ControlEnding = ".control.sock";

    // Lines of the record: name, colon, value.
    private const string StartsLine = "starts";
    private const string ProcessLine = "process";
    private const string StartedLine = "started";
    private const string EndedLine = "ended";
    private const string ExitCodeLine = "exit-code";

    // Longest text of a failure.
    private const int MaxFailure = 4096;

    private readonly string _stem = control.EndsWith(ControlEnding, StringComparison.Ordinal)
        ? control[..^ControlEnding.Length]
        : control;

    /// <summary>When the last run began and ended.</summary>
    public string Record => _stem + ".last-run";

    /// <summary>The report of a crash: signal, version, native backtrace.</summary>
    public string CrashReport => _stem + ".crash-report";

    // Why the last start or run failed; removed when the next run begins.
    private string Failure => _stem + ".last-failure";

    /// <summary>Records why the process does not start, or ends. Errors are ignored: the reason was printed as well.</summary>
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
            // Errors are ignored here too.
        }
    }

    /// <summary>Removes the failure of the previous run.</summary>
    public void ForgetFailure()
    {
        try
        {
            File.Delete(Failure);
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            // The next failure replaces it.
        }
    }

    /// <summary>Reads why the last start or run failed.</summary>
    /// <returns>The line; null where neither failed.</returns>
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

    /// <summary>Removes all of them, for a process that is not going to run again.</summary>
    /// <exception cref="IOException">One cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not remove one.</exception>
    public void Remove()
    {
        foreach (string path in (string[])[Record, CrashReport, Failure])
        {
            OwnFiles.Remove(path);
        }
    }

    /// <summary>Describes how the last run ended, for a process that does not run.</summary>
    /// <returns>The text; null where nothing is known.</returns>
    public string? DescribeEnd() => ReadFailure() ?? (!File.Exists(Record) ? null : ReadRun() switch
    {
        null => null,
        { CrashReport: not null } => "it crashed",
        { EndedAt: { } ended, ExitCode: { } code } =>
            string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {code} at {ended:yyyy-MM-dd HH:mm:ss} UTC"),
        _ => "it was killed, or the machine went down",
    });

    /// <summary>Reads the record of the last run.</summary>
    /// <returns>The run; null where there is no record that can be read.</returns>
    public ProcessRun? ReadRun()
    {
        try
        {
            Dictionary<string, string> lines = File.ReadLines(Record).Select(line => line.Split(": ", 2))
                .Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
            var run = new ProcessRun(
                Number(lines[StartsLine]), Number(lines[ProcessLine]), Time(lines[StartedLine]),
                lines.TryGetValue(EndedLine, out string? ended) ? Time(ended) : null,
                lines.TryGetValue(ExitCodeLine, out string? code) ? Number(code) : null, null);
            var words = new FileInfo(CrashReport);
            return words.Exists && words.LastWriteTimeUtc >= run.StartedAt
                ? run with { CrashReport = File.ReadAllText(words.FullName) } : run;
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or FormatException or OverflowException or
                KeyNotFoundException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Writes the record of a run.</summary>
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
