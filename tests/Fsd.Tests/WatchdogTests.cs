using System.Globalization;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Fsd.Tests;

public class WatchdogTests
{
    [Theory]
    [InlineData("30000000", null, 15)]
    [InlineData("30000000", "own", 15)]
    [InlineData("30000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, "own", null)]
    public void It_tells_twice_as_often_as_the_service_manager_wants_and_only_when_this_process_is_meant(string? microseconds, string? pid, int? seconds)
    {
        var environment = new Dictionary<string, string?>
        {
            ["WATCHDOG_USEC"] = microseconds,
            ["WATCHDOG_PID"] = pid == "own" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : pid,
        };
        Assert.Equal(seconds is { } expected ? TimeSpan.FromSeconds(expected) : null, Watchdog.ReadInterval(environment.GetValueOrDefault));
    }

    [Fact]
    public void A_loop_that_hangs_does_not_answer_and_one_that_goes_on_does()
    {
        using var loop = new EventLoop(NullLogger.Instance);
        using var goOn = new ManualResetEventSlim();
        loop.Start();
        Assert.True(loop.Answers(Patience.Limit));
        loop.Post(static goOn => ((ManualResetEventSlim)goOn!).Wait(), goOn);
        Assert.False(loop.Answers(TimeSpan.FromMilliseconds(50)));
        goOn.Set();
        Assert.True(loop.Answers(Patience.Limit));
    }
}
