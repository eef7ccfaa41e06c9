using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Tests.Pools;

public class PoolGrammarTests
{
    private static readonly PoolNode s_here = new("here");

    [Theory]
    [InlineData("/d1", "Distribute(here:/d1)")]
    [InlineData("s1:/d1/ s2:/d2", "Distribute(s1:/d1) Distribute(s2:/d2)")]
    [InlineData("s1:7001:/d1", "Distribute(s1@7001:/d1)")]
    [InlineData("[2001:db8::7]:/d1", "Distribute(2001:db8::7:/d1)")]
    [InlineData("[2001:db8::7]:7001:/d1", "Distribute(2001:db8::7@7001:/d1)")]
    [InlineData("mirror s1:/a s2:/b s3:/c", "Mirror(s1:/a s2:/b s3:/c)")]
    [InlineData("replica s1:/a s2:/b", "Mirror(s1:/a s2:/b)")]
    [InlineData("mirror s1:/a s2:/b mirror s3:/c s4:/d", "Mirror(s1:/a s2:/b) Mirror(s3:/c s4:/d)")]
    [InlineData("mirror 2 s1:/a s2:/b s3:/c s4:/d", "Mirror(s1:/a s2:/b) Mirror(s3:/c s4:/d)")]
    [InlineData("replica 3 s1:/a s2:/b s3:/c", "Mirror(s1:/a s2:/b s3:/c)")]
    [InlineData("replica 3 arbiter 1 s1:/a s2:/b s3:/c", "Arbiter(s1:/a s2:/b s3:/c)")]
    [InlineData("mirror 2 arbiter 1 s1:/a s2:/b s3:/c", "Arbiter(s1:/a s2:/b s3:/c)")]
    [InlineData("mirror s1:/a s2:/b arbiter s3:/c", "Arbiter(s1:/a s2:/b s3:/c)")]
    [InlineData(
        "mirror s1:/a s2:/b arbiter s3:/c mirror s4:/d s5:/e arbiter s6:/f",
        "Arbiter(s1:/a s2:/b s3:/c) Arbiter(s4:/d s5:/e s6:/f)")]
    [InlineData("arbiter s1:/a s2:/b s3:/c", "Arbiter(s1:/a s2:/b s3:/c)")]
    [InlineData("mirror s1:/a s2:/b tiebreaker s3:/t", "Mirror(s1:/a s2:/b) tie-breaker s3:/t")]
    [InlineData("mirror 2 s1:/a s2:/b s4:/c s5:/d tiebreaker s3:/t", "Mirror(s1:/a s2:/b) Mirror(s4:/c s5:/d) tie-breaker s3:/t")]
    [InlineData("data s1:/a s2:/b redundancy s3:/c", "Disperse-1(s1:/a s2:/b s3:/c)")]
    [InlineData("data 2 redundancy 1 s1:/a s2:/b s3:/c", "Disperse-1(s1:/a s2:/b s3:/c)")]
    [InlineData("disperse 3 redundancy 1 s1:/a s2:/b s3:/c", "Disperse-1(s1:/a s2:/b s3:/c)")]
    [InlineData(
        "disperse 3 data 2 s1:/a s2:/b s3:/c s4:/d s5:/e s6:/f", "Disperse-1(s1:/a s2:/b s3:/c) Disperse-1(s4:/d s5:/e s6:/f)")]
    public void Words_make_groups(string words, string expected) => Assert.Equal(expected, Describe(words));

    [Theory]
    [InlineData("mirror", "nothing behind mirror")]
    [InlineData("mirror 2 s1:/a s2:/b s3:/c", "3 storage units cannot be put into groups of 2")]
    [InlineData("mirror 2", "0 storage units")]
    [InlineData("mirror 2 mirror 3 s1:/a", "counted twice")]
    [InlineData("s1:/a mirror s2:/b s3:/c", "s1:/a stands before mirror")]
    [InlineData("mirror 2 s1:/a arbiter s3:/c", "say it one way")]
    [InlineData("disperse 3 s1:/a s2:/b s3:/c", "with redundancy N")]
    [InlineData("data s1:/a s2:/b", "with redundancy UNITS")]
    [InlineData("redundancy s1:/a", "no data before it")]
    [InlineData("mirror s1:/a arbiter s2:/b s3:/c", "one arbiter stands beside a mirror")]
    [InlineData("mirror 2 redundancy 1 s1:/a s2:/b", "do not go together")]
    [InlineData("replica 3 arbiter 2 s1:/a s2:/b s3:/c", "do not go together")]
    [InlineData("mirror s1:/a s2:/b tiebreaker s3:/t s4:/t", "one tie-breaker")]
    [InlineData("mirror s1:/a s2:/b tiebreaker", "one tie-breaker")]
    [InlineData("tiebreaker 1 mirror s1:/a s2:/b", "one tie-breaker")]
    [InlineData("s1", "neither a storage unit")]
    [InlineData(
        "miror 3 s1:/a s2:/b s3:/c",
        "\"miror\" is neither a storage unit (NODE:PATH, NODE:PORT:PATH or PATH) nor one of mirror, ")]
    [InlineData("s1:x:/a", "x is not a port")]
    [InlineData("s1:70000:/a", "70000 is not a port")]
    [InlineData("2001:db8::7:/a", "stands in brackets")]
    public void Words_that_make_no_pool_are_refused_with_the_reason(string words, string reason) =>
        Assert.Contains(reason, Assert.Throws<PoolException>(() => Describe(words)).Message, StringComparison.Ordinal);

    private static string Describe(string words)
    {
        (IReadOnlyList<DistributeGroup> groups, PoolUnit? breaker) = PoolGrammar.Parse(words.Split(' '), s_here);
        return string.Join(' ', groups.Select(group =>
                $"{group.Kind}{(group.Redundancy > 0 ? $"-{group.Redundancy}" : "")}({string.Join(' ', group.Units.Select(Describe))})")) +
            (breaker is null ? "" : $" tie-breaker {Describe(breaker)}");
    }

    private static string Describe(PoolUnit unit) => unit.Port == 0 ? unit.Address : $"{unit.Node.Name}@{unit.Port}:{unit.Path}";
}
