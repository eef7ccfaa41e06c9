using KadaluFsd.Hosting;

namespace KadaluFsd.Serving.Events;

/// <summary>Whether the event loop answers, for a process that does all its work there.</summary>
public sealed class LoopCheck(EventLoop loop) : ILivenessCheck
{
    /// <inheritdoc/>
    public string? FindHanging(TimeSpan timeout) => loop.Answers(timeout) ? null : "the event loop";
}
