using KadaluFsd.Contract;

namespace KadaluFsd.Hosting;

/// <summary>How and why the process ends. The first one to say so is believed. From any thread.</summary>
public sealed class ProcessEnd
{
    private readonly TaskCompletionSource<(ExitCode Code, string? Reason)> _reached =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when it is time to stop.</summary>
    public Task Reached => _reached.Task;

    /// <summary>How it ends; success as long as nobody has said anything.</summary>
    public ExitCode Code => _reached.Task.IsCompleted ? _reached.Task.Result.Code : ExitCode.Success;

    /// <summary>Why, where it ends with a line on standard error; else null.</summary>
    public string? Reason => _reached.Task.IsCompleted ? _reached.Task.Result.Reason : null;

    /// <summary>Has the process end.</summary>
    /// <param name="reason">Why, for standard error; null where the log says it.</param>
    public void Reach(ExitCode code, string? reason) => _reached.TrySetResult((code, reason));
}
