using KadaluFsd.Contract;
using KadaluFsd.Daemons.Unit;

namespace KadaluFsd.Daemons.Tests;

/// <summary>Whether a unit serves, in a word; and which volfile a client holds.</summary>
public class UnitStateTests
{
    private static readonly UnitHealth s_well = UnitHealth.Unknown;
    private static readonly UnitHealth s_full =
        s_well with { State = HealthState.Degraded, Problems = [new HealthProblem(HealthCodes.DiskFull, "x")] };

    private static readonly HeldByClient s_held = new("pool1", "a", IsCurrent: true);

    [Fact]
    public void A_unit_that_is_well_is_ready_and_says_nothing_else()
    {
        var state = UnitState.Of(s_well, isGraphDown: false, isProven: true, isDraining: false);
        Assert.Equal("ready", state.Name);
        Assert.Empty(state.Reasons);
        Assert.True(state.IsReady);
    }

    [Theory]
    [InlineData(false, true, false, "degraded", true)]
    [InlineData(false, false, false, "starting", false)]
    [InlineData(false, true, true, "draining", false)]
    [InlineData(false, false, true, "starting", false)]
    [InlineData(true, true, true, "failed", false)]
    public void The_worst_gives_the_word_and_all_is_told(
        bool isGraphDown, bool isProven, bool isDraining, string name, bool isReady)
    {
        var state = UnitState.Of(s_full, isGraphDown, isProven, isDraining);
        Assert.Equal((name, isReady), (state.Name, state.IsReady));
        Assert.Contains("disk-full: x", state.Reasons);
        Assert.Equal(
            1 + (isGraphDown ? 1 : 0) + (isProven ? 0 : 1) + (isDraining ? 1 : 0), state.Reasons.Length);
        Assert.Equal(isGraphDown, state.Reasons[0].StartsWith($"{HealthCodes.GraphDown}: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_directory_that_has_failed_is_the_end() => Assert.Equal(
        "failed",
        UnitState.Of(s_full with { State = HealthState.Failed }, isGraphDown: false, isProven: true, isDraining: false).Name);

    [Theory]
    [InlineData("/pool1", "10.0.0.1:49151", true)]
    [InlineData("pool1", "10.0.0.1:1", true)]
    [InlineData("pool2", "10.0.0.1:1", false)]
    [InlineData("pool1", "10.0.0.2:1", false)]
    [InlineData("pool1", "[fd00::1]:1", true)]
    [InlineData("pool1", "host:with:colons:1", false)]
    [InlineData("", "10.0.0.1:1", false)]
    public void A_client_of_the_graph_holds_what_was_fetched_from_its_address(string key, string address, bool isKnown) =>
        Assert.Equal(isKnown ? s_held : null, ClientReader.FindVolfile(
            key, address, [Fetched("10.0.0.1:5", s_held), Fetched("[fd00::1]:7", s_held)]));

    [Fact]
    public void Where_two_processes_of_one_address_hold_different_texts_it_cannot_be_told()
    {
        VolfileClient other = Fetched("10.0.0.1:6", s_held with { Sha256 = "b" });
        Assert.Null(ClientReader.FindVolfile("pool1", "10.0.0.1:1", [Fetched("10.0.0.1:5", s_held), other]));
        Assert.Equal(
            s_held,
            ClientReader.FindVolfile(
                "pool1", "10.0.0.1:1", [Fetched("10.0.0.1:5", s_held), Fetched("10.0.0.1:6", s_held with { })]));
    }

    private static VolfileClient Fetched(string address, HeldByClient held) => new(address, default, [held]);
}
