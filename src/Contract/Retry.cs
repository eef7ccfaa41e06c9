namespace KadaluFsd.Contract;

/// <summary>
/// Tries again what another process is in the way of for now: one that was told to stop and is not gone yet, or one that changes
/// the same. A unit frees its port at once, and its directory when the operations in progress have been answered; a self-heal
/// daemon its control socket at the end.
/// </summary>
/// <param name="patience">How long to try in all.</param>
public sealed class Retry(TimeSpan patience)
{
    // Nothing tells that a lock or a port is free.
    private const int IntervalMilliseconds = 20;

    private readonly long _start = Environment.TickCount64;

    /// <summary>How long it was tried so far.</summary>
    public long WaitedMilliseconds { get; private set; }

    /// <summary>Takes something as soon as the other process has released it.</summary>
    /// <param name="take">Takes it, or throws a <see cref="CommandException"/> that may pass.</param>
    /// <exception cref="CommandException">It was not released in time.</exception>
    public async Task<T> UntilAsync<T>(Func<T> take, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return take();
            }
            catch (CommandException exception)
                when (exception.MayPass && Environment.TickCount64 - _start < patience.TotalMilliseconds)
            {
                await Task.Delay(IntervalMilliseconds, stop);
                WaitedMilliseconds = Environment.TickCount64 - _start;
            }
        }
    }
}
