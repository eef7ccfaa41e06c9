using KadaluFsd.Contract;
using KadaluFsd.Fsd.Cli;

namespace KadaluFsd.Fsd.Tests;

/// <summary>What commands say, and make of what they are told.</summary>
public class CommandTextTests
{
    [Theory]
    [InlineData("pool", "kadalu pool does this")]
    [InlineData("pool --help", "kadalu pool --help does this")]
    [InlineData("pool set pool1 performance.io-cache on", "kadalu pool set pool1 performance.io-cache on does this")]
    [InlineData("pool replace-unit pool1 n1:/u --same-path --discard", "kadalu unit replace pool1 n1:/u --discard does this")]
    [InlineData("pool heal info pool1", "kadalu heal info pool1 does this")]
    [InlineData("pool heal split-brain pool1", "kadalu heal info pool1 --split-brain does this")]
    [InlineData("pool heal statistics pool1", "kadalu heal status pool1 does this")]
    [InlineData("pool export smb pool1", "kadalu pool export smb pool1 does this")]
    [InlineData("pool export nfs pool1 --remove", "kadalu pool unexport nfs pool1 does this")]
    public void Commands_on_pools_are_refused_with_the_command_that_does_the_same(string line, string words)
    {
        CommandException refused = Assert.Throws<CommandException>(() => MovedCommands.Refuse(line.Split(' ')));
        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        MovedCommands.Refuse(["status", "pool"]);
        MovedCommands.Refuse([]);
    }

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
}
