using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Unit;

/// <summary>
/// The slowest file operations of the last hour. Samples operations in progress once a second, so that it knows those that took a
/// second.
/// </summary>
internal sealed class SlowOperations(GlusterContext context) : Part, IDisposable
{
    private const int Kept = 32;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_recent = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private Timer? _timer;

    // By id and kind: ids come from clients and are reused.
    private Dictionary<(long, string, string), SlowOperation> _slowest = [];

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        _timer = new Timer(_ => Sample(), null, s_interval, s_interval);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    /// <summary>The slowest of the last hour.</summary>
    /// <returns>At most 32, the slowest first.</returns>
    internal SlowOperation[] Get()
    {
        Sample();
        lock (_lock)
        {
            return [.. _slowest.Values.OrderByDescending(slow => slow.Operation.Seconds)];
        }
    }

    private void Sample()
    {
        OperationInProgress[] found = context.OperationsInProgress == 0 ? [] : context.GetOperations(s_interval);
        DateTime now = DateTime.UtcNow;
        lock (_lock)
        {
            foreach (OperationInProgress operation in found)
            {
                _slowest[(operation.Id, operation.Kind, operation.Client)] = new SlowOperation(now, operation);
            }

            if (_slowest.Count > Kept || _slowest.Values.Any(slow => now - slow.SeenAt > s_recent))
            {
                _slowest = _slowest.Where(pair => now - pair.Value.SeenAt <= s_recent)
                    .OrderByDescending(pair => pair.Value.Operation.Seconds).Take(Kept).ToDictionary();
            }
        }
    }
}
