using System.CommandLine;
using KadaluFsd.Kadalu.Commands;

namespace KadaluFsd.Kadalu.Tests.Commands;

/// <summary><c>--watch</c> as it is typed.</summary>
public sealed class WatchOptionTests
{
    [Theory]
    [InlineData("pool list --status --watch", null)]
    [InlineData("pool list --watch --status", null)]
    [InlineData("pool list --watch 5", 5.0)]
    [InlineData("pool status pool1 --watch=0.5", 0.5)]
    [InlineData("heal status --watch 60 pool1", 60.0)]
    [InlineData("task list --watch", null)]
    [InlineData("node list --watch 1", 1.0)]
    public void Seconds_may_be_given(string words, double? seconds)
    {
        ParseResult parsed = Parse(words);
        Assert.Empty(parsed.Errors);
        Assert.NotNull(parsed.GetResult(CommonOptions.Watch));
        Assert.Equal(seconds, parsed.GetValue(CommonOptions.Watch));
    }

    [Theory]
    [InlineData("pool status --watch pool1", "\"pool1\"")]
    [InlineData("pool list --watch 0", "\"0\"")]
    [InlineData("pool list --watch -1", "-1")]
    [InlineData("pool list --watch NaN", "\"NaN\"")]
    [InlineData("pool list --watch 1e9", "\"1e9\"")]
    public void What_is_no_number_of_seconds_is_refused(string words, string named) =>
        Assert.Contains(named, Assert.Single(Parse(words).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_it_something_is_shown_once() => Assert.Null(Parse("pool list").GetResult(CommonOptions.Watch));

    private static ParseResult Parse(string words) => KadaluTree.Create().Parse(words);
}
