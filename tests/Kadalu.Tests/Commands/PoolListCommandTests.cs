using System.Collections.Immutable;
using KadaluFsd.Kadalu.Commands;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Tests.Commands;

/// <summary>What a list of pools says beside its table.</summary>
public sealed class PoolListCommandTests
{
    [Theory]
    [InlineData("/a", true)]
    [InlineData("/a /b", true)]
    [InlineData("mirror 2 /a /b", false)]
    [InlineData("data 2 redundancy 1 /a /b /c", false)]
    public void Pools_without_copies_are_warned_of(string words, bool isWarned)
    {
        (ImmutableArray<DistributeGroup> groups, _) = PoolGrammar.Parse(words.Split(' '), new PoolNode("here"));
        string? warning = PoolListCommand.FindWarning(new Pool("pool1", Guid.NewGuid()) { Groups = groups });
        Assert.Equal(isWarned, warning?.StartsWith("pool1 has no copies", StringComparison.Ordinal) ?? false);
    }
}
