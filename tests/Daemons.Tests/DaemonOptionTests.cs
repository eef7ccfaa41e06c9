using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Daemons.Unit;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Volgen;

namespace KadaluFsd.Daemons.Tests;

/// <summary>What a process with a graph is told.</summary>
public class DaemonOptionTests
{
    [Fact]
    public void Without_a_word_the_documented_defaults_hold()
    {
        GivenOptions given = Given();
        var graph = GraphProcessOptions.Of(given);
        Assert.Equal(("/v", null, null), (graph.Volfile, graph.VolfileId, graph.BrickName));
        Assert.Equal((10, 5), (graph.PredecessorTimeout.TotalSeconds, graph.StopTimeout.TotalSeconds));
        Assert.Empty(graph.ParseXlatorOptions());
        Assert.False(UnitOptions.Of(given).InitDirectory);
        var health = HealthOptions.Of(given);
        Assert.Equal((null, TimeSpan.FromSeconds(30), 3), (health.Interval, health.Timeout, health.Failures));
        Assert.Null(ControlOptions.Of(given).MetricsListen);
    }

    [Fact]
    public void What_is_given_becomes_what_it_means()
    {
        GivenOptions given = Given(
            ("init-directory", "on"), ("predecessor-timeout", "0.1"), ("stop-timeout", "7.5"), ("health-interval", "0"),
            ("health-timeout", "2"), ("health-failures", "5"), ("metrics-listen", "[::]:9100"), ("control", "/c"));
        var graph = GraphProcessOptions.Of(given);
        Assert.Equal((0.1, 7.5), (graph.PredecessorTimeout.TotalSeconds, graph.StopTimeout.TotalSeconds));
        Assert.True(UnitOptions.Of(given).InitDirectory);
        var health = HealthOptions.Of(given);
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(2), 5), (health.Interval, health.Timeout, health.Failures));
        Assert.Equal("/c", ControlOptions.Of(given).Control);
        Assert.Equal("[::]:9100", ControlOptions.Of(given).MetricsListen);
    }

    [Fact]
    public void What_only_glusterfsds_arguments_say_is_bound_as_well()
    {
        var graph = GraphProcessOptions.Of(GivenOptions.Read(
            DaemonCommands.Unit, new Dictionary<string, string> { ["volfile"] = "/v", ["port"] = "1" }, _ => null, null,
            more: new Dictionary<string, string>
            {
                ["volfile-id"] = "p.n.u",
                ["brick-name"] = "/d",
                ["xlator-option:0"] = "a.k=1",
                ["xlator-option:1"] = "b.k=2",
            }));
        Assert.Equal(("p.n.u", "/d"), (graph.VolfileId, graph.BrickName));
        Assert.Equal([new XlatorOption("a", "k", "1"), new XlatorOption("b", "k", "2")], graph.ParseXlatorOptions().AsEnumerable());
    }

    [Theory]
    [InlineData("health-interval", "0.05", "0, or seconds from 0.1 to 3600")]
    [InlineData("stop-timeout", "4000", "seconds, from 0.1 to 3600")]
    [InlineData("health-failures", "0", "a whole number from 1 to 1000")]
    [InlineData("metrics-listen", "9100", "ADDRESS:PORT, such as 127.0.0.1:24007 or [::1]:24007")]
    public void What_means_nothing_is_named_with_what_is_expected(string name, string value, string expected)
    {
        CommandException refused =
            Assert.Throws<CommandException>(() => StorageUnit.Create(Given(("stop-timeout", "1"), (name, value))));
        Assert.Equal($"--{name}: \"{value}\" is not {expected}", refused.Message);
    }

    private static GivenOptions Given(params (string Name, string Value)[] flags)
    {
        var all = new Dictionary<string, string> { ["volfile"] = "/v", ["port"] = "1" };
        foreach ((string name, string value) in flags)
        {
            all[name] = value;
        }

        return GivenOptions.Read(DaemonCommands.Unit, all, _ => null, null);
    }
}
