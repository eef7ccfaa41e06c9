using System.ComponentModel;
using KadaluFsd.Linux;

namespace KadaluFsd.Contract;

/// <summary>What the system does not let the program do.</summary>
public static class SystemRefusal
{
    /// <summary>Whether an exception is one.</summary>
    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException or Win32Exception;

    /// <summary>Makes one of what a system call has returned.</summary>
    public static Exception Of(Errno error, string message) =>
        error == Errno.EACCES ? new UnauthorizedAccessException(message) : new IOException(message);

    /// <summary>Makes it what ends the program.</summary>
    /// <param name="path">What it is about; null where its message says it.</param>
    public static CommandException From(Exception exception, string? path = null) =>
        new(ExitCode.SystemRefused, Describe(exception, path));

    /// <summary>Makes it a line.</summary>
    public static string Describe(Exception exception, string? path = null) =>
        (path is null || exception.Message.Contains(path, StringComparison.Ordinal) ? exception.Message
            : $"{path}: {exception.Message}")
        + (exception is UnauthorizedAccessException && ProcessCalls.EffectiveUser != 0 ? " (run it as root)" : "");

    /// <summary>Does something to a file, and makes a <see cref="CommandException"/> of what the system refuses.</summary>
    /// <exception cref="CommandException">The system refuses it; names the file.</exception>
    public static void Guard(string path, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action();
        }
        catch (Exception exception) when (Is(exception))
        {
            throw From(exception, path);
        }
    }
}
