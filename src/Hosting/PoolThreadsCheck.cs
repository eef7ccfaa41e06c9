namespace KadaluFsd.Hosting;

/// <summary>Checks the threads of .NET's pool, for a process that has no others.</summary>
public sealed class PoolThreadsCheck : ILivenessCheck
{
    /// <inheritdoc/>
    public string? FindHanging(TimeSpan timeout)
    {
        using var done = new SemaphoreSlim(0);
        ThreadPool.UnsafeQueueUserWorkItem(Release, done, preferLocal: false);
        return done.Wait(timeout) ? null : "the pool of threads";
    }

    // It may be long gone.
    private static void Release(SemaphoreSlim done)
    {
        try
        {
            done.Release();
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
