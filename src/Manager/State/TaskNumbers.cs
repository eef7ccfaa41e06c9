using System.Globalization;
using System.Text;

namespace KadaluFsd.Manager.State;

/// <summary>The number of the latest task, which only grows: it goes with every step, and nodes refuse lower ones than they have seen.</summary>
/// <param name="store">What the manager knows.</param>
internal sealed class TaskNumbers(IStateStore store)
{
    private const string Key = "generation";

    // No cluster has had so many tasks: a node that says so is broken.
    private const long Max = 1L << 40;

    /// <summary>Whether a number can be one that a node has seen.</summary>
    internal static bool IsOne(long seen) => seen is >= 0 and <= Max;

    /// <summary>Takes the next number.</summary>
    /// <returns>It, and what has to be written so that it is nobody else's.</returns>
    internal async Task<(long Number, StateWrite Write)> TakeAsync(CancellationToken cancellation)
    {
        (long last, long revision) = await ReadAsync(cancellation);
        return (last + 1, Write(last + 1, revision));
    }

    /// <summary>Goes on above a number that a node has seen of an earlier manager.</summary>
    /// <param name="seen">The number.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What has to be written for that; null for nothing.</returns>
    internal async Task<StateWrite?> RaiseAsync(long seen, CancellationToken cancellation)
    {
        (long last, long revision) = await ReadAsync(cancellation);
        return seen > last ? Write(seen, revision) : null;
    }

    /// <summary>The number of the latest task; 0 for none.</summary>
    internal async Task<long> FindLastAsync(CancellationToken cancellation) => (await ReadAsync(cancellation)).Last;

    private async Task<(long Last, long Revision)> ReadAsync(CancellationToken cancellation) =>
        await store.FindAsync(StateKind.Cluster, Key, cancellation) is { } counter
            ? (long.Parse(Encoding.ASCII.GetString(counter.Json.Span), CultureInfo.InvariantCulture), counter.Revision) : (0, 0);

    private static StateWrite Write(long number, long revision) => new(
        StateKind.Cluster, Key, revision, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
}
