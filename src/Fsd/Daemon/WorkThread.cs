using System.Collections.Concurrent;

namespace KadaluFsd.Fsd.Daemon;

/// <summary>A thread that does things for others, one after the other.</summary>
internal sealed class WorkThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    /// <summary>Starts it.</summary>
    /// <param name="name">Its name.</param>
    internal WorkThread(string name) => new Thread(Run) { Name = name, IsBackground = true }.Start();

    /// <summary>Does something there, and waits for it.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="work">What to do; what it throws is thrown here.</param>
    /// <returns>What it gives.</returns>
    internal T Invoke<T>(Func<T> work) => InvokeAsync(work).GetAwaiter().GetResult();

    /// <summary>Does something there.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="work">What to do; what it throws comes out of the task.</param>
    /// <returns>What it gives, once it has.</returns>
    internal Task<T> InvokeAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Thrown where it is waited for.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
