using KadaluFsd.Contract;

namespace KadaluFsd.Hosting;

/// <summary>How and why the process ends. The first reason wins. From any thread.</summary>
public sealed class ProcessEnd
{
    private readonly TaskCompletionSource<(ExitCode Code, string? Reason)> _reached =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the process has to stop.</summary>
    public Task Reached => _reached.Task;

    /// <summary>The exit code; success until a reason is given.</summary>
    public ExitCode Code => _reached.Task.IsCompleted ? _reached.Task.Result.Code : ExitCode.Success;

    /// <summary>The line for standard error; null for none.</summary>
    public string? Reason => _reached.Task.IsCompleted ? _reached.Task.Result.Reason : null;

    /// <summary>Ends the process.</summary>
    /// <param name="reason">The line for standard error; null where the log says it.</param>
    public void Reach(ExitCode code, string? reason) => _reached.TrySetResult((code, reason));
}
