using System.ComponentModel;
using System.Net.Sockets;
using KadaluFsd.Linux;

namespace KadaluFsd.Contract;

/// <summary>Errors of the operating system as reasons of failure.</summary>
public static class SystemRefusal
{
    /// <summary>Whether an exception is such an error.</summary>
    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException or Win32Exception;

    /// <summary>Makes an exception of the result of a system call.</summary>
    public static Exception Of(Errno error, string message) =>
        error == Errno.EACCES ? new UnauthorizedAccessException(message) : new IOException(message, (int)error);

    /// <summary>The exit code of a start that fails with an exception.</summary>
    /// <param name="otherwise">The code where it was not the system that refused: something else is in the place.</param>
    /// <remarks>.NET has the errno of a failed call as an <see cref="IOException"/>'s result, and a negative number else.</remarks>
    public static ExitCode CodeOf(Exception exception, ExitCode otherwise) => exception switch
    {
        UnauthorizedAccessException => ExitCode.SystemRefused,
        SocketException socket when socket.SocketErrorCode != SocketError.AddressAlreadyInUse => ExitCode.SystemRefused,
        IOException { HResult: > 0 and not (int)Errno.EADDRINUSE } => ExitCode.SystemRefused,
        _ => otherwise,
    };

    /// <summary>Makes it a <see cref="CommandException"/>.</summary>
    /// <param name="path">The file; null where the message names it.</param>
    public static CommandException From(Exception exception, string? path = null) =>
        new(ExitCode.SystemRefused, Describe(exception, path));

    /// <summary>Makes it one line.</summary>
    public static string Describe(Exception exception, string? path = null) =>
        exception is (FileNotFoundException or DirectoryNotFoundException) && FindMissing(exception, path) is { } missing
            ? $"{missing}: {Errno.ENOENT.Describe()}"
            : (path is null || exception.Message.Contains(path, StringComparison.Ordinal) ? exception.Message
            : $"{path}: {exception.Message}")
        + (exception is UnauthorizedAccessException && ProcessCalls.EffectiveUser != 0 ? " (run it as root)" : "");

    // .NET's message names a directory, but not as a path alone.
    private static string? FindMissing(Exception exception, string? path) =>
        path ?? (exception as FileNotFoundException)?.FileName;

    /// <summary>Runs an action on a file, and turns errors of the system into a <see cref="CommandException"/>.</summary>
    /// <exception cref="CommandException">The system refuses; the message names the file.</exception>
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
