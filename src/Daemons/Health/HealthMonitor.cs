using System.Diagnostics;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Health;

/// <summary>
/// Checks a unit's directory periodically, and when something is mounted or unmounted. On a thread of its own, because a dying
/// disk may not answer for minutes; a timer notices that.
/// </summary>
internal sealed class HealthMonitor : IDisposable
{
    // The thread makes a few system calls.
    private const int StackBytes = 256 * 1024;

    // Between checks caused by mounts, from the second one on.
    private static readonly TimeSpan s_leastPause = TimeSpan.FromSeconds(1);

    // A timer may be early by a tick.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMilliseconds(50);

    // Long enough for a check of a healthy directory; a hanging one is abandoned.
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
    private long _checkBegan;
    private volatile bool _stopping;

    // Only used by the thread.
    private bool _hasCheckedEarly;

    /// <summary>Creates a monitor that is not started.</summary>
    /// <param name="probe">Checks the directory; may never return.</param>
    public HealthMonitor(DirectoryProbe probe, HealthOptions options, ILogger<HealthMonitor> logger) =>
        (_probe, _options, _logger) = (probe, options, logger);

    /// <summary>Raised after each check, on its thread.</summary>
    internal event Action? Checked;

    /// <summary>Raised when the problems have changed; on any thread.</summary>
    internal event Action<UnitHealth>? Changed;

    /// <summary>The current state.</summary>
    internal UnitHealth Current => Volatile.Read(ref _current);

    /// <summary>Completes when the directory has failed, which is final for this process.</summary>
    internal Task Failed => _failed.Task;

    /// <summary>Starts checking, unless the interval is zero.</summary>
    /// <param name="interval">Time between checks; zero for none.</param>
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

    /// <summary>Stops checking. A check in progress is abandoned.</summary>
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
            Volatile.Write(ref _checkBegan, began);
            bool isDue = Environment.TickCount64 >= next;
            Arm(_options.Timeout);
            IReadOnlyList<HealthProblem> problems = _probe.Check();
            Arm(Timeout.InfiniteTimeSpan);

            // A transient problem is given time: a check caused by a mount does not count as another failure.
            if (isDue || problems.Count == 0 || problems.Any(problem => HealthSeverities.Of(problem) == HealthSeverity.Fatal))
            {
                Take(problems, Stopwatch.GetElapsedTime(began));
            }

            Checked?.Invoke();
            if (isDue)
            {
                next = Environment.TickCount64 + (long)_interval.TotalMilliseconds;
            }

            WaitUntil(next);
        }
    }

    // Or until something is mounted, but not more often than the least pause.
    private void WaitUntil(long next)
    {
        TimeSpan left = TimeSpan.FromMilliseconds(Math.Max(0, next - Environment.TickCount64));
        long began = Environment.TickCount64;
        _mounts.Wait(left);
        TimeSpan pause = s_leastPause - TimeSpan.FromMilliseconds(Environment.TickCount64 - began);
        bool isEarly = pause > TimeSpan.Zero && pause < left;
        if (isEarly && _hasCheckedEarly && !_stopping)
        {
            Thread.Sleep(pause);
        }

        _hasCheckedEarly = isEarly || (_hasCheckedEarly && pause > TimeSpan.Zero);
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
                // Disposed of meanwhile.
            }
        }
    }

    private void TakeOverdue()
    {
        TimeSpan duration = Stopwatch.GetElapsedTime(Volatile.Read(ref _checkBegan));
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
