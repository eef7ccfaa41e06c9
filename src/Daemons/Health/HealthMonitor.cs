using System.Diagnostics;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Health;

/// <summary>
/// Looks at a unit's directory every so often, and at once when something is mounted or unmounted. Looks on a thread of its own,
/// since a dying disk may not answer for minutes; that is noticed by a timer.
/// </summary>
internal sealed class HealthMonitor : IDisposable
{
    // The thread calls a few system calls deep.
    private const int StackBytes = 256 * 1024;

    // Between looks that mounts cause, from the second one on.
    private static readonly TimeSpan s_leastPause = TimeSpan.FromSeconds(1);

    // A timer may be early by a tick of the clock.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMilliseconds(50);

    // Long enough for a look at a healthy directory; one that hangs is left behind.
    private static readonly TimeSpan s_goodbye = TimeSpan.FromMilliseconds(100);

    private readonly DirectoryProbe _probe;
    private readonly HealthOptions _options;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MountWatch _mounts = new();
    private readonly Lock _lock = new();
    private Timer? _overdue;
    private Thread? _thread;
    private TimeSpan _interval;
    private UnitHealth _current = UnitHealth.Unknown;
    private long _lookBegan;
    private volatile bool _stopping;

    // The thread's own.
    private bool _hasLookedEarly;

    /// <summary>A monitor that has not begun.</summary>
    /// <param name="probe">Looks at the directory; may take for ever.</param>
    /// <param name="options">Say for how long to wait for it, and when it has failed.</param>
    /// <param name="logger">Told of every change.</param>
    public HealthMonitor(DirectoryProbe probe, HealthOptions options, ILogger<HealthMonitor> logger) =>
        (_probe, _options, _logger) = (probe, options, logger);

    /// <summary>Told, after each look, on its thread.</summary>
    internal event Action? Looked;

    /// <summary>Told when something else is wrong than before, or nothing any more; on any thread.</summary>
    internal event Action<UnitHealth>? Changed;

    /// <summary>How it is now.</summary>
    internal UnitHealth Current => Volatile.Read(ref _current);

    /// <summary>Ends when the directory has failed: nothing that comes later makes it good again for this process.</summary>
    internal Task Failed => _failed.Task;

    /// <summary>Begins to look, unless it is to look never.</summary>
    /// <param name="interval">How often; zero for never.</param>
    internal void Start(TimeSpan interval)
    {
        _interval = interval;
        if (interval > TimeSpan.Zero)
        {
            _overdue = new Timer(_ => TakeOverdue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _thread = new Thread(Follow, StackBytes) { Name = "health", IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>Looks no more. A look that is under way is left to itself.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _overdue?.Dispose();
        _mounts.WakeUp();
        if (_thread is null || _thread.Join(s_goodbye))
        {
            _mounts.Dispose();
        }
    }

    private void Follow()
    {
        long next = Environment.TickCount64;
        while (!_stopping)
        {
            long began = Stopwatch.GetTimestamp();
            Volatile.Write(ref _lookBegan, began);
            bool isDue = Environment.TickCount64 >= next;
            Arm(_options.Timeout);
            IReadOnlyList<HealthProblem> problems = _probe.Look();
            Arm(Timeout.InfiniteTimeSpan);

            // What may pass is given its time to: a look that something mounted has caused does not count as another failure.
            if (isDue || problems.Count == 0 || problems.Any(problem => HealthSeverities.Of(problem) == HealthSeverity.Fatal))
            {
                Take(problems, Stopwatch.GetElapsedTime(began));
            }

            Looked?.Invoke();
            if (isDue)
            {
                next = Environment.TickCount64 + (long)_interval.TotalMilliseconds;
            }

            WaitUntil(next);
        }
    }

    // Or until something is mounted; where that happens all the time, looking is not all that is done.
    private void WaitUntil(long next)
    {
        TimeSpan left = TimeSpan.FromMilliseconds(Math.Max(0, next - Environment.TickCount64));
        long began = Environment.TickCount64;
        _mounts.Wait(left);
        TimeSpan pause = s_leastPause - TimeSpan.FromMilliseconds(Environment.TickCount64 - began);
        bool isEarly = pause > TimeSpan.Zero && pause < left;
        if (isEarly && _hasLookedEarly && !_stopping)
        {
            Thread.Sleep(pause);
        }

        _hasLookedEarly = isEarly || (_hasLookedEarly && pause > TimeSpan.Zero);
    }

    private void Arm(TimeSpan after)
    {
        if (!_stopping)
        {
            try
            {
                _overdue?.Change(after, after);
            }
            catch (ObjectDisposedException)
            {
                // Stopped in between.
            }
        }
    }

    private void TakeOverdue()
    {
        TimeSpan duration = Stopwatch.GetElapsedTime(Volatile.Read(ref _lookBegan));
        if (duration >= _options.Timeout - s_tolerance)
        {
            Take([new HealthProblem(HealthCodes.Timeout, $"the directory has not answered for {duration.TotalSeconds:0} s")],
                duration);
        }
    }

    private void Take(IReadOnlyList<HealthProblem> problems, TimeSpan duration)
    {
        UnitHealth before, after;
        lock (_lock)
        {
            if (_stopping || _failed.Task.IsCompleted)
            {
                return;
            }

            before = _current;
            after = before.After(problems, DateTime.UtcNow, duration, _options.Failures);
            Volatile.Write(ref _current, after);
        }

        if (after.State == HealthState.Failed)
        {
            HealthLog.HealthFailed(_logger, after.Describe());
            _failed.TrySetResult();
        }
        else if (!after.Problems.Select(problem => problem.Code).SequenceEqual(before.Problems.Select(problem => problem.Code)))
        {
            Report(after);
        }
    }

    private void Report(UnitHealth now)
    {
        if (now.State == HealthState.Ok)
        {
            HealthLog.HealthBack(_logger);
        }
        else
        {
            HealthLog.HealthDegraded(_logger, now.Describe());
        }

        Changed?.Invoke(now);
    }
}
