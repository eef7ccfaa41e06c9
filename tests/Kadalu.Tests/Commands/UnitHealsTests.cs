using KadaluFsd.Cluster.Commands;
using KadaluFsd.Kadalu.Status;

namespace KadaluFsd.Kadalu.Tests.Commands;

/// <summary>What a replaced unit waits for.</summary>
public sealed class UnitHealsTests
{
    [Fact]
    public void A_unit_waits_for_its_group_and_a_tie_breaker_for_all()
    {
        UnitHealStatus[] units =
            [Unit("n1:/a", 1), Unit("n2:/a", 1), Unit("n1:/b", 2, waiting: 7), Unit("n3:/b", 2, waiting: null), Unit("n4:/t", null)];
        Assert.Null(Describe(units, "n1:/a"));
        Assert.Null(Describe(units, "n2:/a"));
        Assert.Equal("n3:/b: not known what has to be healed", Describe(units, "n1:/b"));
        Assert.Equal("n3:/b: not known what has to be healed", Describe(units, "n4:/t"));
        units[3] = Unit("n3:/b", 2, changing: 2);
        Assert.Equal("7 files have to be healed", Describe(units, "n3:/b"));
        Assert.Equal("7 files have to be healed", Describe(units, "n4:/t"));
        units[2] = Unit("n1:/b", 2);
        Assert.Equal("2 files have to be healed", Describe(units, "n1:/b"));
        units[3] = Unit("n3:/b", 2, toCompare: 3);
        Assert.Equal("3 directories are to be compared", Describe(units, "n1:/b"));
        Assert.Null(Describe(units, "n1:/a"));

        // Its self-heal daemon says nothing.
        units[1] = Unit("n2:/a", 1, toCompare: null);
        Assert.Equal("n2:/a: not known what has to be healed", Describe(units, "n1:/a"));
    }

    [Theory]
    [InlineData(HealStatus.NoCopies, null)]
    [InlineData(HealStatus.Stopped, "pool1 is not started")]
    public void A_pool_whose_units_say_nothing_is_not_healed_unless_it_never_is(string verdict, string? left) =>
        Assert.Equal(left, UnitHeals.Describe(new HealStatus("pool1", verdict, [], null, null, null, null, []), "n1:/a"));

    [Fact]
    public void All_files_are_gone_through_once_and_again_after_minutes_or_when_a_daemon_was_started()
    {
        var pace = new FullCrawlPace();
        Assert.True(pace.IsDue(TimeSpan.FromHours(1), "n1:1"));
        Assert.True(pace.IsDue(TimeSpan.FromHours(1), "n1:1"));
        pace.Note(TimeSpan.FromHours(1), "n1:1");
        Assert.False(pace.IsDue(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(6), "n1:1"));
        Assert.False(pace.IsDue(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(2), "n1:1"));
        Assert.True(pace.IsDue(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(6), "n1:2"));
        Assert.True(pace.IsDue(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(4), "n1:1"));
    }

    private static string? Describe(UnitHealStatus[] units, string unit) =>
        UnitHeals.Describe(new HealStatus("pool1", HealStatus.Waits, [], null, null, null, null, units), unit);

    private static UnitHealStatus Unit(
        string unit, int? group, long? waiting = 0, long? changing = 0, int? toCompare = 0) =>
        new(unit, group, "data", waiting, changing, toCompare, null, null);
}
