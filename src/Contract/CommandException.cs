namespace KadaluFsd.Contract;

/// <summary>The program cannot do what it was asked to. Ends it with one line on standard error.</summary>
/// <param name="message">What is wrong, where, and what to do about it.</param>
public sealed class CommandException(ExitCode code, string message) : Exception(message)
{
    /// <summary>How the program ends.</summary>
    public ExitCode Code { get; } = code;

    /// <summary>Whether a process has refused what it was told, or does not come up with it.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>Whether the reason may pass by itself: an earlier process that is about to end.</summary>
    public bool MayPass { get; init; }
}
