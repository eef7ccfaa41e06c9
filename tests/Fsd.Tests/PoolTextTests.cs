using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Fsd.Cli;
using KadaluFsd.Pools;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Shared.Wire;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Tests;

/// <summary>What commands about pools say, and make of what they are told.</summary>
public class PoolTextTests
{
    private static readonly PoolUnitStatus s_unit = new(
        "n1", "/u", 24200, "data", 1, 4, "ready", [], 7, 61, 1, 0, 0, 2048, 1024, 10, 9, []);

    private static readonly PoolStatus s_pool = new(
        "pool1", Guid.Empty, "Mirror", "started", 4, "d", false, false, null, 2048, 1024, false, 8, [], 0, [],
        ImmutableDictionary<string, string>.Empty, [s_unit])
    { VolfileServers = ["n1:24100"] };

    private static readonly Pool s_definition = new("pool1", Guid.Empty)
    {
        Groups = [new DistributeGroup(GroupKind.Mirror, [Unit("n1", 24200), Unit("n2", 24201)])],
    };

    [Fact]
    public void A_pool_that_is_well_is_its_table_and_four_lines()
    {
        string text = PoolStatusCommand.Describe(s_pool);
        Assert.Equal(
            ["pool1: Mirror, started, id 00000000-0000-0000-0000-000000000000", "  definition: revision 4, digest d",
                "  volfile servers: n1:24100", "  1 KiB of 2 KiB available"], text.Split('\n')[..4]);
        Assert.Equal(
            ["n1:/u", "1", "data", "ready", "24200", "7", "00:01:01", "1", "0", "1 KiB", "2 KiB", "9"],
            text.Split('\n')[5].Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(new List<string>(), (cells, word) =>
            {
                if (word is "KiB")
                {
                    cells[^1] += " KiB";
                }
                else
                {
                    cells.Add(word);
                }

                return cells;
            }));
        Assert.Equal(7, text.Split('\n').Length);
    }

    [Theory]
    [InlineData("  definition: revision 4, digest d, changed by hand since")]
    [InlineData("  group 1 cannot be used")]
    [InlineData("  cluster.a on")]
    [InlineData("  its clients have no cluster/distribute, and a second group would hide directories: pool stop pool1, then pool " +
        "start pool1 --distribute-layer, on each node")]
    [InlineData("  n1:/u runs revision 3: pool start pool1 tells it")]
    [InlineData("  the self-heal daemon of this node: does not answer")]
    [InlineData("  directories to compare on all units, after heals or because a unit ended while they were being changed: 5")]
    [InlineData("  mounts with an older volfile, for which what has changed does not hold: 2")]
    [InlineData("  n1:/u is ready: a; b")]
    [InlineData("  at its next start n1:/u has: x, y")]
    [InlineData("  at its next start the self-heal daemon has: z")]
    public void What_is_not_as_it_should_be_has_a_line(string line)
    {
        PoolStatus odd = s_pool with
        {
            IsEdited = true,
            GroupProblems = ["group 1 cannot be used"],
            Options = new Dictionary<string, string> { ["cluster.a"] = "on" },
            LacksDistribute = true,
            HealDaemonReasons = ["does not answer"],
            ToCompare = 5,
            HealDaemonPending = ["z"],
            Units = [s_unit with { Revision = 3, OutdatedClients = 2, Reasons = ["a", "b"], Pending = ["x", "y"] }],
        };
        Assert.Contains(line, PoolStatusCommand.Describe(odd).Split('\n'));
        Assert.DoesNotContain(line, PoolStatusCommand.Describe(s_pool).Split('\n'));
    }

    [Fact]
    public void A_pool_that_cannot_be_used_says_why_and_nothing_else() => Assert.Equal(
        "pool1: unusable: no JSON\n", PoolStatusCommand.Describe(s_pool with { State = "unusable", Problem = "no JSON" }));

    [Fact]
    public void A_pool_of_other_nodes_says_so() => Assert.Contains(
        "--node NAME", PoolStatusCommand.Describe(s_pool with { Units = [s_unit with { State = "elsewhere" }] }),
        StringComparison.Ordinal);

    [Fact]
    public void What_a_unit_does_is_what_has_come_since_the_sample_before()
    {
        var status = new UnitStatus(
            "degraded", ["disk-full: x"], "/u", Guid.Empty, "", null, 0, null, 7, "", "", 61, 1, null, [], 3, 4, 0, 0,
            new Dictionary<string, long>(), 1024, "", 0, null, [], UnitHealth.Unknown);
        OperationInProgress[] running =
            [.. Enumerable.Range(1, 12).Select(number => new OperationInProgress(number, $"OP{number}", number, null, "c", 0, 0))];
        string[] lines = TopCommand.Describe(
            new(0, status, new OperationReport([new("READ", 100, 1, 100, 1, 0.5), new("WRITE", 5, 0, 5, 1, 1)], [], [])),
            new(2 * System.Diagnostics.Stopwatch.Frequency, status, new OperationReport(
                [new("READ", 104, 3, 104, 1.008, 0.5), new("WRITE", 5, 0, 5, 1, 1), new("MKDIR", 10, 0, 0, 0, 0)], running, [])))
            .Split('\n');
        Assert.Equal("/u: degraded; disk-full: x", lines[0]);
        Assert.Equal("up 00:01:01, 3 clients, 4 in progress, 1 KiB in memory", lines[1]);
        Assert.Equal("MKDIR      5.0      0.0       -        0.000", lines[4]);
        Assert.Equal("READ       2.0      1.0       2.000    500.000", lines[5]);
        Assert.Equal("WRITE      0.0      0.0       -        1000.000", lines[6]);
        Assert.StartsWith("OP12", lines[9], StringComparison.Ordinal);
        Assert.StartsWith("OP3 ", lines[18], StringComparison.Ordinal);
        Assert.Equal("", lines[19]);
    }

    [Theory]
    [InlineData("cluster.self-heal-daemon", "heal", true)]
    [InlineData("cluster.self-heal-daemon", "HEAL", true)]
    [InlineData("cluster.self-heal-daemon", "*heal", false)]
    [InlineData("cluster.self-heal-daemon", "*heal*", true)]
    [InlineData("cluster.self-heal-daemon", "cluster.?elf*", true)]
    [InlineData("cluster.self-heal-daemon", "?luster", false)]
    [InlineData("cluster.self-heal-daemon", "*", true)]
    public void Options_are_found_by_a_part_of_their_name_or_by_what_all_of_it_is_like(string name, string pattern, bool fits) =>
        Assert.Equal(fits, OptionsCommand.Fits(name, pattern));

    [Fact]
    public async Task A_mount_is_told_of_all_servers_of_one_port()
    {
        Pool pool = s_definition.SelectUnits(unit => unit with { Node = unit.Node with { Id = unit.Node.Name } }) with { Port = 24007 };
        Assert.Equal(
            ("n2,n1", 24007),
            await PoolMountCommand.ChooseServersAsync(pool, new ThisNode(null, null, "n2"), CancellationToken.None));
    }

    [Fact]
    public async Task Where_each_unit_has_its_own_port_a_mount_is_told_of_one_that_answers()
    {
        using var silent = ScriptedServer.OnPort();
        using var answering = ScriptedServer.OnPort();
        Task answers = AnswerAsync(answering);
        Task refuses = RefuseAsync(silent);
        Pool pool = new("pool1", Guid.Empty)
        {
            Groups =
                [new DistributeGroup(GroupKind.Mirror, [Unit("127.0.0.1", PortOf(silent)), Unit("localhost", PortOf(answering))])],
        };
        (string servers, int port) =
            await PoolMountCommand.ChooseServersAsync(pool, new ThisNode("elsewhere", null, null), CancellationToken.None);
        Assert.Equal(("localhost", PortOf(answering)), (servers, port));
        await Task.WhenAll(answers, refuses);
    }

    private static PoolUnit Unit(string node, int port) => new(new PoolNode(node), "/u", port);

    private static int PortOf(ScriptedServer server) => VolfileFetcher.ParseServer(server.Place).Port;

    private static async Task AnswerAsync(ScriptedServer server)
    {
        await using ScriptedPeer peer = await server.AcceptAsync();
        await peer.ReadRecordAsync();
        await peer.SendAsync(RpcRecord.Reply(1, GetSpecReply.Found("volume x"u8.ToArray()).Write));
        await peer.ExpectCloseAsync();
    }

    private static async Task RefuseAsync(ScriptedServer server)
    {
        await using ScriptedPeer peer = await server.AcceptAsync();
        await peer.ReadRecordAsync();
        await peer.SendAsync(RpcRecord.Reply(1, GetSpecReply.Failed(2).Write));
        await peer.ExpectCloseAsync();
    }
}
