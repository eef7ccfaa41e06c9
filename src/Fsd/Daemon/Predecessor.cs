using KadaluFsd.Contract;

namespace KadaluFsd.Fsd.Daemon;

/// <summary>
/// An earlier process of the same unit or self-heal daemon, which was told to stop and is not gone yet. A unit frees its port at once, and its directory
/// when the operations in progress have been answered; a self-heal daemon its control socket at the end.
/// </summary>
/// <param name="patience">How long to wait for it in all.</param>
internal sealed class Predecessor(TimeSpan patience)
{
    // Nothing tells that a lock or a port is free.
    private const int LookEveryMilliseconds = 20;

    private readonly long _start = Environment.TickCount64;

    /// <summary>How long it was waited for so far.</summary>
    internal long WaitedMilliseconds { get; private set; }

    /// <summary>Takes something, as soon as it has let go of it.</summary>
    /// <typeparam name="T">What.</typeparam>
    /// <param name="take">Takes it, or throws a <see cref="CommandException"/> that may pass.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>What was taken.</returns>
    /// <exception cref="CommandException">It has not let go of it in time.</exception>
    internal async Task<T> OutliveAsync<T>(Func<T> take, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return take();
            }
            catch (CommandException exception) when (exception.MayPass && Environment.TickCount64 - _start < patience.TotalMilliseconds)
            {
                await Task.Delay(LookEveryMilliseconds, stop);
                WaitedMilliseconds = Environment.TickCount64 - _start;
            }
        }
    }
}
