using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Commands;

namespace KadaluFsd.Kadalu.Tests.Commands;

/// <summary>Options with their values, as they are typed.</summary>
public sealed class PoolOptionCommandsTests
{
    [Theory]
    [InlineData("a.b=1", "a.b", "1")]
    [InlineData("a.b 1=2", "a.b", "1=2")]
    [InlineData("a.b=1=2", "a.b", "1=2")]
    [InlineData("log.file=/x.unit.y", "log.file", "/x.unit.y")]
    [InlineData("n1:/srv/a.unit.log-level=DEBUG", "n1:/srv/a.unit.log-level", "DEBUG")]
    [InlineData("n1:/srv/a=b.unit.log-level=DEBUG", "n1:/srv/a=b.unit.log-level", "DEBUG")]
    [InlineData("/srv/a=b;c.unit.log-level DEBUG", "/srv/a=b;c.unit.log-level", "DEBUG")]
    public void An_option_and_its_value_are_one_word_or_two(string words, string option, string value) =>
        Assert.Equal((option, value), PoolOptionCommands.ReadPairs(words.Split(' ')).Select(pair => (pair.Key, pair.Value)).Single());

    [Fact]
    public void An_option_without_a_value_or_with_two_is_refused()
    {
        Assert.Contains("a.b has no value", Refuse("a.b"), StringComparison.Ordinal);
        Assert.Contains("a.b is there twice", Refuse("a.b=1", "a.b=2"), StringComparison.Ordinal);
    }

    private static string Refuse(params string[] words) =>
        Assert.Throws<CommandException>(() => PoolOptionCommands.ReadPairs(words)).Message;
}
