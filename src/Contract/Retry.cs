namespace KadaluFsd.Contract;

/// <summary>
/// Retries what another process prevents for the moment: a process that was told to stop and has not ended yet, or a command on
/// the same pool. A stopping unit frees its port at once, and its directory when operations in progress have been answered; a
/// self-heal daemon frees its control socket last.
/// </summary>
/// <param name="patience">The longest time to keep trying.</param>
public sealed class Retry(TimeSpan patience)
{
    // There is no event for a lock or a port that becomes free.
    private const int IntervalMilliseconds = 20;

    private readonly long _start = Environment.TickCount64;

    /// <summary>Time spent so far.</summary>
    public long WaitedMilliseconds { get; private set; }

    /// <summary>Retries until the other process has released what is wanted.</summary>
    /// <param name="take">Takes it, or throws a transient <see cref="CommandException"/>.</param>
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
