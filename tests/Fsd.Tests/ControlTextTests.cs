using KadaluFsd.Contract;
using KadaluFsd.Fsd.Cli;

namespace KadaluFsd.Fsd.Tests;

/// <summary>What a unit says, as people read it.</summary>
public class ControlTextTests
{
    private static readonly DateTime s_time = new(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc);
    private static readonly string s_hash = new('a', 60);

    private static readonly UnitStatus s_unit = new(
        "ready", [], "/u", Guid.Empty, "/v.vol", null, 49152, null, 7, "1.0", "10.3", 61, 2, null,
        [new GraphTranslator("s", "protocol/server", true), new GraphTranslator("p", "storage/posix", true)], 3, 4, 5, 0,
        new Dictionary<string, long> { ["xattrop"] = 6, ["dirty"] = 0 }, 1536, "INFO", 0, null, [], UnitHealth.Unknown);

    [Fact]
    public void A_unit_that_is_well_is_told_of_in_short()
    {
        string text = ControlText.Describe(s_unit);
        Assert.StartsWith("state         ready\n", text, StringComparison.Ordinal);
        AssertLine("graph         protocol/server > storage/posix", text);
        AssertLine("port          49152", text);
        AssertLine("process       7, up 00:01:01, start 2, 1.5 KiB in memory", text);
        AssertLine("clients       3, and 5 volfile connections", text);
        AssertLine("to be healed  6 xattrop, 0 dirty", text);
        AssertLine("log           INFO", text);
        foreach (string absent in new[] { "previous run", "at next start", "disk", "health" })
        {
            Assert.DoesNotContain($"\n{absent}", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_not_as_usual_is_told_as_well()
    {
        string text = ControlText.Describe(s_unit with
        {
            State = "degraded",
            Reasons = ["disk-full: x", "draining: y"],
            PoolPort = 24007,
            PendingChanges = ["protocol/server.a", "storage/posix.b"],
            SuppressedLogLines = 8,
            PreviousRun = new ProcessRun(1, 6, s_time, s_time.AddHours(1), 9, null),
            FileSystem = new FileSystemFigures(2048, 1024, 512, 10, 9, IsReadOnly: true),
            Health = UnitHealth.Unknown with { CheckedAt = s_time, CheckSeconds = 0.0015, SlowestCheckSeconds = 2 },
        });
        Assert.StartsWith("state         degraded: disk-full: x; draining: y\n", text, StringComparison.Ordinal);
        AssertLine("port          49152, pool port 24007", text);
        AssertLine("previous run  2026-11-22 01:02:03Z to 2026-11-22 02:02:03Z, exit code 9", text);
        AssertLine("at next start protocol/server.a, storage/posix.b", text);
        AssertLine("log           INFO, 8 lines suppressed", text);
        AssertLine("disk          512 B of 2 KiB available, 9 of 10 inodes free, read-only", text);
        AssertLine("health        checked 2026-11-22 01:02:03Z, took 1.5 ms, at most 2000.0 ms so far", text);
    }

    [Theory]
    [InlineData(null, "killed")]
    [InlineData("signal 11", "crashed")]
    public void A_run_that_did_not_end_well_is_told_of(string? lastWords, string how) => AssertLine(
        $"previous run  2026-11-22 01:02:03Z, {how}",
        ControlText.Describe(s_unit with { PreviousRun = new ProcessRun(1, 6, s_time, null, null, lastWords) }));

    [Fact]
    public void A_self_heal_daemon_lists_the_units_that_it_heals()
    {
        string text = ControlText.Describe(new HealDaemonStatus(
            "degraded", ["h2:/u is not connected"], "/v", 7, "1", "10.3", 1, 1, null, [],
            [new("c0", "h1", "/u", "r0", true), new("c1", "h2", "/u", "r0", false)], 1, "INFO", 0, 3, []));
        AssertLine("to compare    directories: 3", text);
        Assert.EndsWith("\n\nUNIT   GROUP  CONNECTED\nh1:/u  r0     yes\nh2:/u  r0     no\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_are_known_by_their_process_and_whether_they_are_up_to_date()
    {
        var held = new HeldByClient("pool1", s_hash, IsCurrent: false);
        string text = ControlText.Describe(new ClientReport(
            [
                new("CTX_ID:1-GRAPH_ID:0-PID:1234-HOST:h-PC_NAME:c-RECON_NO:-0", "10.0.0.1:1", "fuse", "10.3", 100000, "", s_time,
                    1024, 0, "pool1", held),
                new("nonsense", "10.0.0.2:1", "x\ny", "10.3", 0, "/sub", s_time, 0, 0, "", null),
            ],
            [new("10.0.0.1:2", s_time, [held]), new("10.0.0.3:2", s_time, [])]));
        string[][] lines =
            [.. text.Split('\n').Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        Assert.Equal(
            ["10.0.0.1:1", "fuse 1234", "10.3", "-", "2026-11-22 01:02:03Z", "1 KiB", "0 B", "pool1", "no"], lines[1]);
        Assert.Equal(["10.0.0.2:1", "x?y", "10.3", "/sub", "2026-11-22 01:02:03Z", "0 B", "0 B", "-", "-"], lines[2]);
        Assert.Equal(["10.0.0.1:2", "2026-11-22 01:02:03Z", "pool1", s_hash[..16], "no"], lines[5]);
        Assert.Equal(["10.0.0.3:2", "2026-11-22 01:02:03Z", "-", "-", "-"], lines[6]);
    }

    [Fact]
    public void Operations_come_with_the_most_frequent_and_the_slowest_first()
    {
        var slow = new OperationInProgress(1, "WRITE", 2, null, "c", 0, 5);
        var slower = new OperationInProgress(2, "FSYNC", 3.5, "p", "c", 1000, 6);
        string[] lines = ControlText.Describe(new OperationReport(
            [new("READ", 1, 0, 0, 0, 0), new("WRITE", 10, 2, 4, 0.01, 0.5)], [slow, slower],
            [new SlowOperation(s_time, slow)])).Split('\n');
        Assert.Equal("WRITE      10     2       2.500    500.000", lines[1]);
        Assert.Equal("READ       1      0       0.000    0.000", lines[2]);
        Assert.StartsWith("FSYNC        3.500    p   c       1000  6", lines[5], StringComparison.Ordinal);
        Assert.StartsWith("WRITE        2.000    -   c       0     5", lines[6], StringComparison.Ordinal);
        Assert.StartsWith("SLOW", lines[8], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_memory_the_most_is_told()
    {
        string text = ControlText.Describe(new MemoryReport(1024, 2048, 3072,
        [
            new TranslatorMemory("few", 1, new Dictionary<string, long>()),
            new TranslatorMemory("many", 10, new Dictionary<string, long> { ["a"] = 1, ["b"] = 4, ["c"] = 3, ["d"] = 2 }),
        ]));
        Assert.StartsWith("1 KiB in RAM, 2 KiB managed, 3 KiB native\n\n", text, StringComparison.Ordinal);
        Assert.EndsWith("many    10      4 b, 3 c, 2 d\nfew     1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_are_shown_of_one_volume_or_of_all()
    {
        OptionValue[] options =
        [
            new("a", "x", [], "int", "1", "2", null, null, CanBeSet: true, IsSetLive: true, null),
            new("a", "y", [], "str", null, null, null, null, CanBeSet: true, IsSetLive: false, null),
            new("b", "z", [], "str", "v", null, null, null, CanBeSet: false, IsSetLive: false, null),
        ];
        Assert.Equal(
            "VOLUME  OPTION  VALUE  DEFAULT  TYPE  LIVE\na       x       1      2        int   set\n" +
            "a       y       -      -        str   yes\n", ControlText.Describe(options, "a"));
        Assert.EndsWith("b       z       v      -        str   no\n", ControlText.Describe(options, null), StringComparison.Ordinal);
        Assert.Equal("VOLUME  OPTION  VALUE  DEFAULT  TYPE  LIVE\n", ControlText.Describe(options, "c"));
    }

    [Fact]
    public void What_came_of_something_is_a_line()
    {
        Assert.Equal("reconfigured\n", ControlText.Describe(new ReloadResult("reconfigured", null)));
        Assert.Equal("refused: line 3\n", ControlText.Describe(new ReloadResult("refused", "line 3")));
        Assert.Equal(
            "pool1: as before, 5 bytes, sha256 h\n",
            ControlText.Describe(new PutVolfile("pool1", 5, "h", IsChanged: false, IsOwn: false, null, null)));
        Assert.Equal(
            "pool1: changed, 5 bytes, sha256 h\nthis unit: refused: line 3\n",
            ControlText.Describe(new PutVolfile("pool1", 5, "h", IsChanged: true, IsOwn: true, "refused", "line 3")));
        Assert.Equal(
            "VOLFILE  BYTES  SHA-256           CLIENTS  OUTDATED\npool1    5      aaaaaaaaaaaaaaaa  1        2\n",
            ControlText.Describe([new ServedVolfile("pool1", 5, s_hash, 1, 2)]));
    }

    private static void AssertLine(string line, string text) => Assert.Contains(line, text.Split('\n'));
}
