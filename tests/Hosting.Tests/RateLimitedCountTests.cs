using KadaluFsd.Hosting.Logging;

namespace KadaluFsd.Hosting.Tests;

public class RateLimitedCountTests
{
    private readonly RateLimitedCount _count = new();

    [Fact]
    public void The_first_is_told_at_once_and_others_once_a_second_with_how_many_they_were()
    {
        Assert.Equal(1, _count.Add(5000));
        Assert.Null(_count.Add(5000));
        Assert.Null(_count.Add(5999));
        Assert.Equal(3, _count.Add(6000));
        Assert.Null(_count.Add(6001));
        Assert.Equal(2, _count.Add(60_000));
    }

    [Fact]
    public void Whoever_counts_at_the_same_time_none_is_lost_and_none_is_told_twice()
    {
        long told = 0;
        Parallel.For(0, 10_000, number =>
        {
            if (_count.Add(number) is { } count)
            {
                Interlocked.Add(ref told, count);
            }
        });
        Assert.Equal(10_001, told + (_count.Add(1_000_000) ?? 0));
    }
}
