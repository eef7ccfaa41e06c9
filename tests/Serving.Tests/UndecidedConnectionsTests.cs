using KadaluFsd.Serving.Routing;

namespace KadaluFsd.Serving.Tests;

public class UndecidedConnectionsTests
{
    private readonly UndecidedConnections _waiting = new(timeoutMilliseconds: 100);

    [Fact]
    public void The_oldest_goes_first_once_it_is_late()
    {
        _waiting.Add(5, RouteDecision.ForUnitPort, now: 1000);
        _waiting.Add(4, RouteDecision.ForUnitPort, now: 1050);
        Assert.Equal(30, _waiting.MillisecondsToNext(1070));
        Assert.False(_waiting.TryTakeExpired(1099, out _));
        Assert.True(_waiting.TryTakeExpired(1100, out int first));
        Assert.Equal(5, first);
        Assert.False(_waiting.TryTakeExpired(1100, out _));
        Assert.Equal(50, _waiting.MillisecondsToNext(1100));
        Assert.Equal(0, _waiting.MillisecondsToNext(9999));
        Assert.True(_waiting.TryTakeOldest(out int second));
        Assert.Equal(4, second);
        Assert.Equal(-1, _waiting.MillisecondsToNext(1100));
    }

    [Fact]
    public void One_that_was_decided_is_not_late_and_its_number_may_come_again()
    {
        _waiting.Add(5, RouteDecision.ForUnitPort, now: 0);
        Assert.True(_waiting.Remove(5));
        Assert.False(_waiting.Remove(5));
        _waiting.Add(5, RouteDecision.ForUnitPort, now: 50);
        Assert.False(_waiting.TryTakeExpired(100, out _));
        Assert.Equal(1, _waiting.Count);
    }
}
