using System.Collections.Concurrent;
using System.IO.Pipelines;
using KadaluFsd.Linux;
using KadaluFsd.Rpc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Events;

/// <summary>
/// One thread that waits for all sockets: those that are yet to be routed, which the runtime's own event loop must never see (it
/// would be woken by every packet from then on, also after they were given away), and those on which volfiles are served. What it
/// calls runs on its thread and does not wait, so that none of it needs locks, and no call needs another thread to be woken.
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

    /// <summary>A loop that has not been started. Until then any one thread may use it.</summary>
    /// <param name="logger">Told of the error that breaks it.</param>
    /// <param name="time">The time of all deadlines on it; null for the system's.</param>
    public EventLoop(ILogger<EventLoop> logger, TimeProvider? time = null)
    {
        (_logger, Time) = (logger, time ?? TimeProvider.System);
        _clock = new LoopClock(Time);
        _watched = new WatchedDescriptors(_epoll);
        _thread = new Thread(Run) { Name = "events", IsBackground = true };
    }

    /// <summary>Ends when the loop does: by <see cref="Dispose"/>, or with the error that broke it.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Has deadlines; null for nobody.</summary>
    internal IRoundHandler? Round { get; set; }

    /// <summary>Buffers for whoever holds one over a round. On the loop's thread, which needs no locks for them.</summary>
    internal BufferStack Buffers { get; } = new();

    /// <summary>A buffer for whoever runs on the loop's thread, as long as it runs.</summary>
    internal byte[] Scratch { get; } = new byte[RpcLimits.ReadBuffer];

    /// <summary>Where the time is read by whoever waits elsewhere.</summary>
    internal TimeProvider Time { get; }

    /// <summary>The time, read once a round for all that is found in it. On the loop's thread.</summary>
    internal DateTime Now => _clock.Now;

    /// <summary>
    /// The same in milliseconds, on a clock that nobody sets; only differences mean something. What compares deadlines with it
    /// is late by no more than a round takes.
    /// </summary>
    internal long Tick => _clock.Tick;

    internal void Start() => _thread.Start();

    /// <summary>Watches a descriptor. On the loop's thread.</summary>
    /// <param name="fd">The descriptor; stays the caller's.</param>
    /// <param name="handler">Told of what happens on it.</param>
    /// <param name="interest">What to be told of.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has no memory or no room for it.</exception>
    public void Watch(int fd, IReadinessHandler handler, EpollInterest interest) => _watched.Add(fd, handler, interest);

    /// <summary>Stops to watch a descriptor; must come before it is closed. On the loop's thread.</summary>
    /// <param name="isClosing">True when it is closed now and nobody else has a copy of it, which takes it out of the set as
    /// well.</param>
    public void Unwatch(int fd, bool isClosing = false) => _watched.Remove(fd, isClosing);

    /// <summary>Runs something on the loop's thread: now, when this is it, or else soon.</summary>
    /// <param name="action">What to run; must not wait.</param>
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

    /// <summary>Runs something on the loop's thread after what is running there now.</summary>
    /// <param name="action">What to run; must not wait.</param>
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

    /// <summary>Runs something when all that has happened up to now has been looked at. On the loop's thread.</summary>
    /// <param name="action">What to run; must not wait.</param>
    internal void Defer(Action<object?> action, object? state) => _deferred.Add((action, state));

    /// <summary>Runs something on the loop's thread and waits until it is done. Not for the loop's own thread.</summary>
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

    /// <summary>Whether the loop runs what is posted. Not for the loop's own thread.</summary>
    /// <param name="timeout">How long that may take.</param>
    public bool Answers(TimeSpan timeout)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(static answer => ((TaskCompletionSource)answer!).SetResult(), answer);
        return answer.Task.Wait(timeout);
    }

    /// <summary>Ends the loop and waits for it. What it watched is closed by its owners before.</summary>
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

    // What these post comes after the next look at the sockets: nobody can keep the loop to himself.
    private void RunPosted()
    {
        for (int count = _posted.Count; count > 0 &&
            _posted.TryDequeue(out (Action<object?> Action, object? State) posted); count--)
        {
            posted.Action(posted.State);
        }
    }

    // What these defer is for the next round.
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

    // Brings what awaits on the loop's thread back to it.
    private sealed class Context(EventLoop loop) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => loop.Post(new Action<object?>(d), state);

        public override void Send(SendOrPostCallback d, object? state) =>
            throw new NotSupportedException("the loop is not waited for");

        public override SynchronizationContext CreateCopy() => this;
    }
}
