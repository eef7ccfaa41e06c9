using KadaluFsd.Contract;
using KadaluFsd.Storage;

namespace KadaluFsd.Daemons.Unit;

/// <summary>What a unit's disk says when it is asked.</summary>
/// <param name="FileSystem">How full it is; null where that cannot be asked.</param>
/// <param name="PendingHeals">Files that the heal daemon has still to look at, by kind.</param>
internal sealed record DiskFigures(FileSystemFigures? FileSystem, IReadOnlyDictionary<string, long> PendingHeals);

/// <summary>Asks a unit's disk. One that does not answer holds up one question, and nobody who has asked.</summary>
/// <param name="isTieBreaker">Whether the unit is a tie-breaker.</param>
internal sealed class DiskInquiry(string directory, bool isTieBreaker)
{
    // A busy disk needs less.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly PendingHeals _heals = new(directory, isTieBreaker);
    private Task<DiskFigures>? _asking;
    private DiskFigures _latest = new(null, new Dictionary<string, long>());

    /// <summary>Asks.</summary>
    /// <returns>What the disk says now, or what it said last where it does not answer.</returns>
    internal DiskFigures Ask()
    {
        Task<DiskFigures> asking;
        lock (_lock)
        {
            asking = _asking is { IsCompleted: false }
                ? _asking
                : _asking = Task.Run(() => new DiskFigures(FileSystemFigures.Of(directory), _heals.Count()));
        }

        if (asking.Wait(s_patience))
        {
            _latest = asking.Result;
        }

        return _latest;
    }
}
