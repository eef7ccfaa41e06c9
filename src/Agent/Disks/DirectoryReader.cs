using System.Collections.Concurrent;
using KadaluFsd.Pools;

namespace KadaluFsd.Agent.Disks;

/// <summary>Reads directories whose disks may hang: a thread that hangs is the only one for its directory.</summary>
/// <param name="read">Reads one, on a thread that may hang.</param>
internal sealed class DirectoryReader(Func<string, Guid, DirectoryFacts> read)
{
    private readonly ConcurrentDictionary<(string Path, Guid Pool), Lazy<Task<DirectoryFacts>>> _running = new();

    /// <summary>Reads one.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="pool">The id that it is to carry.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    internal async Task<DirectoryFacts> ReadAsync(
        string path, Guid pool, TimeSpan patience, CancellationToken cancellation) =>
        await FindAsync(path, pool, patience, cancellation) ??
        new DirectoryFacts($"does not answer within {patience.TotalSeconds:0} s", false, 0, false, default);

    /// <summary>Reads one, if it answers.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="pool">The id that it is to carry.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Null where it does not answer within that time.</returns>
    internal async Task<DirectoryFacts?> FindAsync(
        string path, Guid pool, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            return await _running.GetOrAdd((path, pool), Begin).Value.WaitAsync(patience, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private Lazy<Task<DirectoryFacts>> Begin((string Path, Guid Pool) what) => new(() => RunAsync(what));

    // Not of the pool of threads, which would have one less for everything else.
    private async Task<DirectoryFacts> RunAsync((string Path, Guid Pool) what)
    {
        try
        {
            return await Task.Factory.StartNew(
                () => read(what.Path, what.Pool), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        finally
        {
            _running.TryRemove(what, out _);
        }
    }
}
