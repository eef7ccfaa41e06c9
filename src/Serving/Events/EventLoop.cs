using System.Collections.Concurrent;
using System.IO.Pipelines;
using KadaluFsd.Linux;
using KadaluFsd.Rpc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Events;

/// <summary>
/// One thread with one epoll set for all sockets: those that have not been routed yet, which the runtime's own event loop must
/// never see (every packet would wake it from then on, also after the socket was passed on), and those on which volfiles are
/// served. Handlers run on this thread and do not wait; so they need no locks and wake no other thread.
/// </summary>
public sealed class EventLoop : PipeScheduler, IDisposable
{
    private readonly EpollSet _epoll = new();
    private readonly WatchedDescriptors _watched;
    private readonly LoopClock _clock;
    private readonly ConcurrentQueue<(Action<object?> Action, object? State)> _posted = new();
    private List<(Action<object?> Action, object? State)> _deferred = [];
    private List<(Action<object?> Action, object? State)> _due = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile bool _hasEnded;

    /// <summary>Creates a loop that has not been started. Until then any one thread may use it.</summary>
    /// <param name="logger">Logs the error that ends the loop.</param>
    /// <param name="time">The time of all deadlines on it; null for the system's.</param>
    public EventLoop(ILogger<EventLoop> logger, TimeProvider? time = null)
    {
        (_logger, Time) = (logger, time ?? TimeProvider.System);
        _clock = new LoopClock(Time);
        _watched = new WatchedDescriptors(_epoll);
        _thread = new Thread(Run) { Name = "events", IsBackground = true };
    }

    /// <summary>Completes when the loop ends: by <see cref="Dispose"/>, or with the error that ended it.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Called at the end of each round, and asked for the next deadline; null for none.</summary>
    internal IRoundHandler? Round { get; set; }

    /// <summary>Buffers that may be held over a round. Only on the loop's thread.</summary>
    internal BufferStack Buffers { get; } = new();

    /// <summary>A buffer for the handler that is running on the loop's thread; invalid when it returns.</summary>
    internal byte[] Scratch { get; } = new byte[RpcLimits.ReadBuffer];

    /// <summary>The clock, for those that wait on other threads.</summary>
    internal TimeProvider Time { get; }

    /// <summary>The time, UTC, read once a round. On the loop's thread.</summary>
    internal DateTime Now => _clock.Now;

    /// <summary>
    /// The same in milliseconds, on a clock that nobody sets; only differences mean something. What compares deadlines with it
    /// is late by no more than a round takes.
    /// </summary>
    internal long Tick => _clock.Tick;

    internal void Start() => _thread.Start();

    /// <summary>Watches a descriptor. On the loop's thread.</summary>
    /// <param name="fd">The descriptor; remains the caller's.</param>
    /// <param name="handler">Called when the descriptor is ready.</param>
    /// <param name="interest">The events to wait for.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has no memory or no room for it.</exception>
    public void Watch(int fd, IReadinessHandler handler, EpollInterest interest) => _watched.Add(fd, handler, interest);

    /// <summary>Stops watching a descriptor; must be called before it is closed. On the loop's thread.</summary>
    /// <param name="isClosing">True when the descriptor is closed right afterwards and has no duplicate: closing removes it from
    /// the epoll set as well.</param>
    public void Unwatch(int fd, bool isClosing = false) => _watched.Remove(fd, isClosing);

    /// <summary>Runs an action on the loop's thread: at once if this is the loop's thread, otherwise soon.</summary>
    /// <param name="action">Must not wait.</param>
    public override void Schedule(Action<object?> action, object? state)
    {
        if (Environment.CurrentManagedThreadId == _thread.ManagedThreadId)
        {
            action(state);
        }
        else
        {
            Post(action, state);
        }
    }

    /// <summary>Runs an action on the loop's thread after the current handler.</summary>
    /// <param name="action">Must not wait.</param>
    internal void Post(Action<object?> action, object? state)
    {
        _posted.Enqueue((action, state));
        if (_hasEnded)
        {
            FlushToThreadPool();
        }
        else if (Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
        {
            _epoll.WakeUp();
        }
    }

    /// <summary>Runs an action at the end of the round. On the loop's thread.</summary>
    /// <param name="action">Must not wait.</param>
    internal void Defer(Action<object?> action, object? state) => _deferred.Add((action, state));

    /// <summary>Runs an action on the loop's thread and waits for it. Not from the loop's own thread.</summary>
    public void Invoke(Action action)
    {
        if (!_thread.IsAlive)
        {
            action();
            return;
        }

        var task = new Task(action);
        Post(static task => ((Task)task!).RunSynchronously(TaskScheduler.Default), task);
        task.GetAwaiter().GetResult();
    }

    /// <summary>Whether the loop runs a posted action in time. Not from the loop's own thread.</summary>
    /// <param name="timeout">How long that may take.</param>
    public bool Answers(TimeSpan timeout)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(static answer => ((TaskCompletionSource)answer!).SetResult(), answer);
        return answer.Task.Wait(timeout);
    }

    /// <summary>Ends the loop and waits for it. Owners close what the loop watched before.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _epoll.WakeUp();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _epoll.Dispose();
    }

    private void Run()
    {
        SynchronizationContext.SetSynchronizationContext(new Context(this));
        Exception? failure = null;
        try
        {
            Span<EpollEvent> events = stackalloc EpollEvent[EpollSet.MaxEvents];
            while (!_stopping)
            {
                int count = _epoll.Wait(events, _posted.IsEmpty && _deferred.Count == 0 ? Round?.MillisecondsToNext() ?? -1 : 0);
                _clock.Forget();
                foreach (EpollEvent happened in events[..count])
                {
                    _watched.Handle(happened);
                }

                RunPosted();
                RunDeferred();
                Round?.OnRoundEnd();
            }
        }
#pragma warning disable CA1031 // Whatever breaks the loop ends the process; the task carries it to where that is decided.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            EventLoopLog.EventLoopFailed(_logger, exception);
            failure = exception;
        }

        _hasEnded = true;
        FlushToThreadPool();
        if (failure is null)
        {
            _ended.SetResult();
        }
        else
        {
            _ended.SetException(failure);
        }
    }

    // What these actions post runs after the next epoll_wait: no one can monopolise the loop.
    private void RunPosted()
    {
        for (int count = _posted.Count; count > 0 &&
            _posted.TryDequeue(out (Action<object?> Action, object? State) posted); count--)
        {
            posted.Action(posted.State);
        }
    }

    // What these actions defer runs in the next round.
    private void RunDeferred()
    {
        (_due, _deferred) = (_deferred, _due);
        foreach ((Action<object?> action, object? state) in _due)
        {
            action(state);
        }

        _due.Clear();
    }

    // After the loop has ended, what still has to run runs on the thread pool.
    private void FlushToThreadPool()
    {
        while (_posted.TryDequeue(out (Action<object?> Action, object? State) posted))
        {
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(posted.Action, posted.State, preferLocal: false);
        }
    }

    // Continuations of what awaits on the loop's thread run there again.
    private sealed class Context(EventLoop loop) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => loop.Post(new Action<object?>(d), state);

        public override void Send(SendOrPostCallback d, object? state) =>
            throw new NotSupportedException("the loop is not waited for");

        public override SynchronizationContext CreateCopy() => this;
    }
}
