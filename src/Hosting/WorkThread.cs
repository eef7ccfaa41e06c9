using System.Collections.Concurrent;

namespace KadaluFsd.Hosting;

/// <summary>A thread that runs actions one after the other. It is started by the first one.</summary>
public sealed class WorkThread(string name) : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private int _isStarted;

    /// <summary>Runs an action on the thread and waits for it.</summary>
    /// <param name="work">The action; its exception is thrown here.</param>
    public T Invoke<T>(Func<T> work) => InvokeAsync(work).GetAwaiter().GetResult();

    /// <summary>Runs an action on the thread.</summary>
    /// <param name="work">The action; its exception is in the task.</param>
    /// <returns>Its result.</returns>
    public Task<T> InvokeAsync<T>(Func<T> work)
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
        if (Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            new Thread(Run) { Name = name, IsBackground = true }.Start();
        }

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
