using KadaluFsd.Contract;
using KadaluFsd.Storage;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Figures that are read from a unit's disk.</summary>
/// <param name="FileSystem">The state of the file system; null where it cannot be read.</param>
/// <param name="PendingHeals">Files that have to be healed, by kind.</param>
internal sealed record DiskFigures(FileSystemFigures? FileSystem, IReadOnlyDictionary<string, long> PendingHeals);

/// <summary>
/// Reads figures of a unit's disk. A disk that does not answer blocks a single pool thread, and callers for a second at most.
/// </summary>
/// <param name="isTieBreaker">Whether the unit is a tie-breaker.</param>
internal sealed class DiskReader(string directory, bool isTieBreaker)
{
    // Longer than a busy disk needs.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly PendingHeals _heals = new(directory, isTieBreaker);
    private Task<DiskFigures>? _reading;
    private DiskFigures _latest = new(null, new Dictionary<string, long>());

    /// <summary>Returns the figures, or the last known ones if the disk does not answer within one second.</summary>
    internal DiskFigures Read()
    {
        Task<DiskFigures> reading;
        lock (_lock)
        {
            reading = _reading is { IsCompleted: false }
                ? _reading
                : _reading = Task.Run(() => new DiskFigures(FileSystemFigures.Of(directory), _heals.Count()));
        }

        if (reading.Wait(s_timeout))
        {
            _latest = reading.Result;
        }

        return _latest;
    }
}
