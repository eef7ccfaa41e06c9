using KadaluFsd.Contract;
using KadaluFsd.Native;

namespace KadaluFsd.Fsd.Unit;

/// <summary>The slowest file operations of late. Looks once a second at what is in progress, so that it knows of those that took a second.</summary>
internal sealed class SlowOperations : IDisposable
{
    private const int Kept = 32;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_recent = TimeSpan.FromHours(1);

    private readonly GlusterContext _context;
    private readonly Lock _lock = new();
    private readonly Timer _timer;

    // By id and kind: ids are the clients', and come again.
    private Dictionary<(long, string, string), SlowOperation> _slowest = [];

    /// <summary>Looks when it is asked, until it has started.</summary>
    /// <param name="context">The graph.</param>
    internal SlowOperations(GlusterContext context)
    {
        _context = context;
        _timer = new Timer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts to look.</summary>
    internal void Start() => _timer.Change(s_interval, s_interval);

    /// <summary>The slowest of the last hour.</summary>
    /// <returns>At most 32, the slowest first.</returns>
    internal SlowOperation[] Get()
    {
        Look();
        lock (_lock)
        {
            return [.. _slowest.Values.OrderByDescending(slow => slow.Operation.Seconds)];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        OperationInProgress[] found = _context.OperationsInProgress == 0 ? [] : _context.GetOperations(s_interval);
        DateTime now = DateTime.UtcNow;
        lock (_lock)
        {
            foreach (OperationInProgress operation in found)
            {
                _slowest[(operation.Id, operation.Kind, operation.Client)] = new SlowOperation(now, operation);
            }

            if (_slowest.Count > Kept || _slowest.Values.Any(slow => now - slow.SeenAt > s_recent))
            {
                _slowest = _slowest.Where(pair => now - pair.Value.SeenAt <= s_recent).OrderByDescending(pair => pair.Value.Operation.Seconds).Take(Kept).ToDictionary();
            }
        }
    }
}
