using KadaluFsd.Linux;
using KadaluFsd.Serving.Events;
using KadaluFsd.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Serving.Tests;

public sealed class EventLoopTests : IDisposable
{
    private static readonly TimeSpan s_limit = Patience.Limit;

    private readonly EventLoop _loop = new(NullLogger<EventLoop>.Instance);

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void What_is_invoked_runs_on_the_loops_thread_and_is_waited_for()
    {
        _loop.Start();
        int thread = 0;
        _loop.Invoke(() => thread = Environment.CurrentManagedThreadId);
        Assert.NotEqual(0, thread);
        Assert.NotEqual(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public async Task What_awaits_on_the_loop_comes_back_to_it_and_what_is_deferred_comes_last()
    {
        _loop.Start();
        var order = new List<string>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Invoke(() => _ = RunAsync());
        await done.Task.WaitAsync(s_limit);
        Assert.Equal(["first", "posted", "deferred", "yielded"], order);

        async Task RunAsync()
        {
            int thread = Environment.CurrentManagedThreadId;
            order.Add("first");
            _loop.Defer(_ => order.Add("deferred"), null);
            _loop.Schedule(_ => order.Add("posted"), null);
            await Task.Yield();
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            order.Add("yielded");
            done.SetResult();
        }
    }

    [Fact]
    public async Task An_error_ends_the_loop_and_what_still_waits_ends_elsewhere()
    {
        _loop.Start();
        _loop.Post(_ => throw new InvalidOperationException("broken"), null);
        InvalidOperationException error =
            await Assert.ThrowsAsync<InvalidOperationException>(() => _loop.Ended.WaitAsync(s_limit));
        Assert.Equal("broken", error.Message);
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(_ => ran.SetResult(), null);
        await ran.Task.WaitAsync(s_limit);
        bool invoked = false;
        await Until.SoAsync("the loop has ended and runs what is invoked elsewhere", () =>
        {
            _loop.Invoke(() => invoked = true);
            return invoked;
        });
    }

    [Fact]
    public async Task The_end_is_told_without_an_error()
    {
        _loop.Start();
        _loop.Dispose();
        await _loop.Ended.WaitAsync(s_limit);
    }

    [Fact]
    public async Task What_is_no_longer_watched_is_no_longer_told()
    {
        using var pair = new DescriptorPair();
        var handler = new Counting();
        _loop.Watch(pair.Reader, handler, EpollInterest.Readable | EpollInterest.EdgeTriggered);
        _loop.Start();
        pair.Write();
        await Until.SeesAsync("the first event is told", () => Volatile.Read(ref handler.Count), count => count == 1);
        _loop.Invoke(() => _loop.Unwatch(pair.Reader));
        pair.Write();
        _loop.Invoke(() => { });
        _loop.Invoke(() => { });
        Assert.Equal(1, handler.Count);
    }

    [Fact]
    public void A_loop_that_hangs_does_not_answer_and_one_that_goes_on_does()
    {
        using var goOn = new ManualResetEventSlim();
        _loop.Start();
        Assert.True(_loop.Answers(Patience.Limit));
        _loop.Post(static goOn => ((ManualResetEventSlim)goOn!).Wait(), goOn);
        Assert.False(_loop.Answers(TimeSpan.FromMilliseconds(50)));
        goOn.Set();
        Assert.True(_loop.Answers(Patience.Limit));
    }

    private sealed class Counting : IReadinessHandler
    {
        internal int Count;

        public void OnReady(EpollEvent happened) => Interlocked.Increment(ref Count);
    }

    private sealed class DescriptorPair : IDisposable
    {
        private readonly System.IO.Pipes.AnonymousPipeServerStream _writer = new(System.IO.Pipes.PipeDirection.Out);

        internal int Reader => (int)_writer.ClientSafePipeHandle.DangerousGetHandle();

        internal void Write() => _writer.WriteByte(1);

        public void Dispose() => _writer.Dispose();
    }
}
