namespace KadaluFsd.Contract;

/// <summary>A command or a process fails: it ends with an exit code and one line on standard error.</summary>
/// <param name="message">The line: what is wrong, where, and what to do about it.</param>
public sealed class CommandException(ExitCode code, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public ExitCode Code { get; } = code;

    /// <summary>Whether a process has rejected its options or volfile, or does not start with them.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>Whether it is worth trying again: another process is in the way that is about to end.</summary>
    public bool MayPass { get; init; }
}
