namespace KadaluFsd.Volgen.Tests;

public class HealVolfileTests
{
    private const string Clients = """
        volume p-client-0
            type protocol/client
            option remote-host a
            option remote-subvolume /u1
        end-volume
        volume p-client-1
            type protocol/client
            option remote-host b
            option remote-subvolume /u2
        end-volume

        """;

    [Theory]
    [InlineData("cluster/replicate", "on")]
    [InlineData("cluster/disperse", "yes")]
    public void The_units_of_a_daemon_are_told_with_the_group_that_each_is_in(string type, string value) => Assert.Equal(
        [new HealedUnit("p-client-0", "a", "/u1", "p-group-0"), new HealedUnit("p-client-1", "b", "/u2", "p-group-0")],
        Identify(Group(type, value)));

    [Theory]
    [InlineData("cluster/replicate", "off", "volume p-group-0 does not have iam-self-heal-daemon on: this is a client's volfile")]
    [InlineData("cluster/replicate", "maybe", "does not have iam-self-heal-daemon on")]
    [InlineData("cluster/distribute", "on", "there is nothing to heal")]
    public void Other_volfiles_are_refused(string type, string value, string reason) =>
        Assert.Contains(
            reason, Assert.Throws<VolfileException>(() => Identify(Group(type, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void So_is_a_storage_units() => Assert.Contains(
        "this is a storage unit's volfile",
        Assert.Throws<VolfileException>(
            () =>
                Identify(
                    Group("cluster/replicate",
                        "on") + "volume s\n    type protocol/server\n    subvolumes p-group-0\nend-volume\n")).Message,
        StringComparison.Ordinal);

    private static string Group(string type, string value) =>
        $"{Clients}volume p-group-0\n    type {type}\n    option iam-self-heal-daemon {value}\n    subvolumes p-client-0 " +
        "p-client-1\nend-volume\n";

    private static IReadOnlyList<HealedUnit> Identify(string text) => HealVolfile.Identify(VolfileParser.Parse(text));
}
