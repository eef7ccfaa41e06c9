using KadaluFsd.Shared;
using Xunit.Sdk;

namespace KadaluFsd.House.Tests;

/// <summary>A wait that ends in vain says what was waited for, and what was there instead.</summary>
public sealed class UntilTests
{
    [Fact]
    public async Task A_failure_says_what_was_waited_for_and_what_was_there_instead()
    {
        FailException failure = await Assert.ThrowsAsync<FailException>(() =>
            Until.SoAsync("the water boils", () => false, () => "it is at 40 °C", limit: TimeSpan.Zero));
        Assert.Equal("waited 0 s until the water boils; seen instead: it is at 40 °C", failure.Message);
    }

    [Fact]
    public async Task What_cannot_be_explained_is_still_said_to_be_missing()
    {
        FailException failure = await Assert.ThrowsAsync<FailException>(() => Until.SoAsync(
            "the log is there", () => false, () => File.ReadAllText("/nowhere/log"), limit: TimeSpan.Zero));
        Assert.StartsWith("waited 0 s until the log is there; seen instead: Could not find", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public Task No_wait_is_without_words(string words) =>
        Assert.ThrowsAsync<ArgumentException>(() => Until.SoAsync(words, () => true));

    [Fact]
    public async Task What_was_waited_for_is_handed_back()
    {
        int asked = 0;
        Assert.Equal(3, await Until.SeesAsync("it was asked three times", () => ++asked, count => count == 3));
    }
}
