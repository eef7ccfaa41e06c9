using System.Collections.Immutable;
using KadaluFsd.Agent.Checks;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Tests.Checks;

/// <summary>Pools and processes to be judged.</summary>
internal static class CheckedPools
{
    internal static Pool Make(string words = "mirror 2 /a /b", int port = 0)
    {
        (ImmutableArray<DistributeGroup> groups, _) = PoolGrammar.Parse(words.Split(' '), new PoolNode("server1"));
        return new Pool("pool1", Guid.NewGuid()) { Groups = groups, Port = port };
    }

    internal static RunningUnit Down(Pool pool, PoolUnit unit) => new(pool, unit, null, ["it was killed", "its log is /log"]);

    internal static RunningUnit Silent(Pool pool, PoolUnit unit) => new(pool, unit, null, null);

    internal static RunningUnit Says(
        Pool pool, PoolUnit unit, string state, string[]? reasons = null, long heals = 0, string? version = null) =>
        new(pool, unit, new UnitStatus(
            state, reasons ?? [], unit.Path, pool.Id, "", null, unit.Port, null, 7, version ?? ProgramVersion.Text, "10.3", 61, 1, null, [], 0, 0, 0, 0,
            new Dictionary<string, long> { ["file"] = heals }, 0, "", 0, null, [], UnitHealth.Unknown), null);

    internal static RunningDaemon Heals(Pool pool, params HealedUnitStatus[] units) => new(
        pool, new HealDaemonStatus("ready", [], "", 8, ProgramVersion.Text, "10.3", 61, 1, null, [], units, 0, "", 0, 0, []), null);
}
