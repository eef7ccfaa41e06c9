using System.Collections.Immutable;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

public class PoolChecksTests
{
    [Fact]
    public void Two_pools_cannot_have_the_same_alias_for_all_units_or_for_one()
    {
        Pool[] others =
        [
            With("pool1", ("unit.alias", "127.0.9.1")), With("pool2", ("server1:/a.unit.alias", "127.0.9.2")),
            With("pool3", ("unit.log-level", "127.0.9.3")),
        ];
        Assert.Contains("pool1", Assert.Single(PoolChecks.FindSharedAliases(With("new", ("unit.alias", "127.0.9.1")), others)), StringComparison.Ordinal);
        Assert.Contains("pool2", Assert.Single(PoolChecks.FindSharedAliases(With("new", ("unit.alias", "127.0.9.2")), others)), StringComparison.Ordinal);
        Assert.Empty(PoolChecks.FindSharedAliases(With("new", ("unit.alias", "127.0.9.3")), others));
        Assert.Empty(PoolChecks.FindSharedAliases(With("pool1", ("unit.alias", "127.0.9.1")), others));
        Assert.Empty(PoolChecks.FindSharedAliases(With("new"), others));
    }

    private static Pool With(string name, params (string Option, string Value)[] options) => new(name, Guid.NewGuid())
    {
        Options = options.ToImmutableSortedDictionary(option => option.Option, option => option.Value, StringComparer.Ordinal),
    };
}
