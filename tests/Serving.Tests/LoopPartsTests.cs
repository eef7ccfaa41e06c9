using System.IO.Pipes;
using KadaluFsd.Linux;
using KadaluFsd.Serving.Events;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Serving.Tests;

/// <summary>What an event loop is made of: its clock, its buffers, and who is told of which descriptor.</summary>
public sealed class LoopPartsTests : IDisposable
{
    private readonly EpollSet _epoll = new();
    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.Out);

    private int Reader => (int)_pipe.ClientSafePipeHandle.DangerousGetHandle();

    public void Dispose()
    {
        _pipe.Dispose();
        _epoll.Dispose();
    }

    [Fact]
    public void The_time_is_the_same_for_a_whole_round()
    {
        var time = new FakeTimeProvider();
        var clock = new LoopClock(time);
        (DateTime now, long tick) = (clock.Now, clock.Tick);
        Assert.Equal((time.GetUtcNow().UtcDateTime, DateTimeKind.Utc), (now, now.Kind));
        time.Advance(TimeSpan.FromMilliseconds(1500));
        Assert.Equal((now, tick), (clock.Now, clock.Tick));
        clock.Forget();
        Assert.Equal((now.AddMilliseconds(1500), tick + 1500), (clock.Now, clock.Tick));
    }

    [Fact]
    public void On_a_machine_the_tick_is_in_milliseconds()
    {
        var clock = new LoopClock(TimeProvider.System);
        long before = Environment.TickCount64;
        Assert.InRange(clock.Tick - before, -1000, 60_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(16384)]
    public void A_buffer_that_was_given_back_is_the_next_that_is_taken(int least)
    {
        var buffers = new BufferStack();
        byte[] first = buffers.Rent(least);
        Assert.True(first.Length >= least);
        Assert.NotSame(first, buffers.Rent(least));
        buffers.Return(first);
        Assert.Same(first, buffers.Rent(least));
    }

    [Fact]
    public void A_buffer_of_another_size_is_not_kept()
    {
        var buffers = new BufferStack();
        byte[] large = buffers.Rent(100_000);
        Assert.True(large.Length >= 100_000);
        buffers.Return(large);
        Assert.NotSame(large, buffers.Rent(4096));
        Assert.NotSame(large, buffers.Rent(16384));
    }

    [Fact]
    public void What_happened_to_an_earlier_use_of_a_descriptor_is_told_to_nobody()
    {
        var watched = new WatchedDescriptors(_epoll);
        Counting first = new(), second = new();
        watched.Add(Reader, first, EpollInterest.Readable);
        _pipe.WriteByte(1);
        EpollEvent happened = Wait();
        watched.Remove(Reader, isClosing: false);
        watched.Handle(happened);
        watched.Add(Reader, second, EpollInterest.Readable);
        watched.Handle(happened);
        Assert.Equal((0, 0), (first.Count, second.Count));
        watched.Handle(Wait());
        Assert.Equal((0, 1), (first.Count, second.Count));
    }

    [Fact]
    public void A_descriptor_can_be_given_another_handler_while_it_is_watched_and_removed_twice()
    {
        var watched = new WatchedDescriptors(_epoll);
        Counting first = new(), second = new();
        watched.Add(Reader, first, EpollInterest.Readable);
        watched.Add(Reader, second, EpollInterest.Readable);
        _pipe.WriteByte(1);
        watched.Handle(Wait());
        Assert.Equal((0, 1), (first.Count, second.Count));
        watched.Remove(Reader, isClosing: false);
        watched.Remove(Reader, isClosing: false);
        watched.Remove(100_000, isClosing: false);
        Span<EpollEvent> events = stackalloc EpollEvent[4];
        Assert.Equal(0, _epoll.Wait(events, 0));
    }

    [Fact]
    public void A_loop_that_does_not_answer_is_named()
    {
        using var loop = new EventLoop(NullLogger<EventLoop>.Instance);
        var check = new LoopCheck(loop);
        loop.Start();
        Assert.Null(check.FindHanging(Shared.Patience.Limit));
        using var goOn = new ManualResetEventSlim();
        loop.Post(static goOn => ((ManualResetEventSlim)goOn!).Wait(), goOn);
        Assert.NotNull(check.FindHanging(TimeSpan.FromMilliseconds(20)));
        goOn.Set();
    }

    private EpollEvent Wait()
    {
        Span<EpollEvent> events = stackalloc EpollEvent[4];
        Assert.Equal(1, _epoll.Wait(events, 0));
        return events[0];
    }

    private sealed class Counting : IReadinessHandler
    {
        internal int Count { get; private set; }

        public void OnReady(EpollEvent happened) => Count++;
    }
}
