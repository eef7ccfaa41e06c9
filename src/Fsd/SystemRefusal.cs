using System.ComponentModel;
using KadaluFsd.Linux;

namespace KadaluFsd.Fsd;

/// <summary>What the system does not let the program do.</summary>
internal static class SystemRefusal
{
    /// <summary>Whether an exception is one.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>Whether it is.</returns>
    internal static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException or Win32Exception;

    /// <summary>Makes one of what a system call has returned.</summary>
    /// <param name="error">What it returned.</param>
    /// <param name="message">Its words.</param>
    /// <returns>The exception.</returns>
    internal static Exception Of(Errno error, string message) => error == Errno.EACCES ? new UnauthorizedAccessException(message) : new IOException(message);

    /// <summary>Makes it what ends the program.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="path">What it is about; null where its message says it.</param>
    /// <returns>What to throw.</returns>
    internal static StartException From(Exception exception, string? path = null) => new(ExitCode.SystemRefused, Describe(exception, path));

    /// <summary>Makes it a line.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="path">As above.</param>
    /// <returns>The line.</returns>
    internal static string Describe(Exception exception, string? path = null) =>
        (path is null || exception.Message.Contains(path, StringComparison.Ordinal) ? exception.Message : $"{path}: {exception.Message}")
        + (exception is UnauthorizedAccessException && ProcessCalls.EffectiveUser != 0 ? " (run it as root)" : "");
}
