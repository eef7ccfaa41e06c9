using System.Globalization;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Fsd.Daemon;

/// <summary>The files beside a process's control socket in which it is kept how it ran.</summary>
/// <param name="control">Path of the control socket.</param>
internal sealed class RunFiles(string control)
{
    private const string ControlEnding = ".control.sock";

    // A line for people, and for one line of text.
    private const int MaxFailure = 4096;

    private readonly string _stem = control.EndsWith(ControlEnding, StringComparison.Ordinal) ? control[..^ControlEnding.Length] : control;

    /// <summary>When the last run began and ended.</summary>
    internal string Record => _stem + ".last-run";

    /// <summary>Of a crash: signal, version, native backtrace.</summary>
    internal string LastWords => _stem + ".last-words";

    // Why the last start failed, or the last run; there until the next run begins.
    private string Failure => _stem + ".last-failure";

    /// <summary>Notes that the process does not start, or ends, and why. Where that cannot be written, whoever started it was told all the same.</summary>
    /// <param name="failure">Why.</param>
    internal void NoteFailure(CommandException failure)
    {
        try
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"it ended with exit code {(int)failure.Code} at {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC: {failure.Message}");
            OwnFiles.Put(Failure, Encoding.UTF8.GetBytes(line.Replace('\n', ' ')), FileModes.Record);
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            // As above.
        }
    }

    /// <summary>Notes that a run has begun.</summary>
    internal void ForgetFailure()
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
    internal string? ReadFailure()
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
    internal void Remove()
    {
        if (Directory.Exists(Path.GetDirectoryName(_stem)))
        {
            foreach (string path in (string[])[Record, LastWords, Failure])
            {
                File.Delete(path);
            }
        }
    }
}
