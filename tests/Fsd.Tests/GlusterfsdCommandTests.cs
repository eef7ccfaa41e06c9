using KadaluFsd.Contract;
using KadaluFsd.Fsd.Cli;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Hosting.Options;

namespace KadaluFsd.Fsd.Tests;

public class GlusterfsdCommandTests
{
    private static readonly string[] s_least = ["-f", "/v.vol", "--brick-port", "49253"];

    [Theory]
    [InlineData("--volfile-id", true)]
    [InlineData("-N", true)]
    [InlineData("--help", false)]
    [InlineData("--version", false)]
    [InlineData("unit", false)]
    public void Its_arguments_are_told_from_ours_by_the_first(string first, bool isMeant) =>
        Assert.Equal(isMeant, GlusterfsdCommand.IsMeant([first, "-x"]));

    [Fact]
    public void No_arguments_at_all_are_ours() => Assert.False(GlusterfsdCommand.IsMeant([]));

    [Fact]
    public void Both_ways_to_write_an_option_mean_the_same()
    {
        (DaemonCommands kind, GivenOptions two, bool stays) = GlusterfsdCommand.Read(
            ["--volfile-id", "p.n.d", "-S", "/r/s", "-p", "/r/p", "--brick-name", "/d", "-l", "/l", "--xlator-option",
                "*-posix.glusterd-uuid=1",
             "--process-name", "storage-unit", "--brick-port", "49253", "--xlator-option", "p-server.listen-port=49254", "-f",
             "/v.vol"]);
        (_, GivenOptions one, _) = GlusterfsdCommand.Read(
            ["--volfile-id=p.n.d", "--socket-file=/r/s", "--pid-file=/r/p", "--brick-name=/d", "--log-file=/l",
                "--xlator-option=*-posix.glusterd-uuid=1",
             "--process-name=storage-unit", "--brick-port=49253", "--xlator-option=p-server.listen-port=49254",
             "--volfile=/v.vol"]);
        Assert.False(stays);
        Assert.Equal(DaemonCommands.Unit, kind);
        Assert.All([one, two], given => Assert.Equal(
            ("/v.vol", "49254", "/l", "/r/p", "/r/s", "/d", "p.n.d", "*-posix.glusterd-uuid=1", "p-server.listen-port=49254"),
            (given["volfile"], given["port"], given["log"], given["pid-file"], given["socket"], given["brick-name"],
                given["volfile-id"], given["xlator-option:0"], given["xlator-option:1"])));
    }

    [Fact]
    public void Without_a_port_for_the_server_the_bricks_counts()
    {
        (_, GivenOptions given, _) = GlusterfsdCommand.Read(s_least);
        Assert.Equal("49253", given["port"]);
        Assert.Equal("-", LogOptions.Of(given).Path);
    }

    [Theory]
    [InlineData("-N", GlusterLogLevel.Info)]
    [InlineData("--no-daemon", GlusterLogLevel.Info)]
    [InlineData("--debug", GlusterLogLevel.Debug)]
    public void It_can_be_told_to_stay_in_the_foreground(string argument, GlusterLogLevel level)
    {
        (_, GivenOptions given, bool stays) = GlusterfsdCommand.Read([.. s_least, argument]);
        Assert.True(stays);
        Assert.Equal(level, LogOptions.Of(given).Level);
    }

    [Theory]
    [InlineData("--volfile-server", "--volfile-server")]
    [InlineData("-s", "-s")]
    [InlineData("@file", "@file")]
    [InlineData("mountpoint", "mountpoint")]
    [InlineData("--brick-port=x", "--port: \"x\" is not a whole number")]
    [InlineData("--log-level=LOUD", "--log-level: \"LOUD\"")]
    public void What_is_unknown_or_wrong_is_named(string argument, string words) =>
        Assert.Contains(
            words, Assert.Throws<CommandException>(() => GlusterfsdCommand.Read([.. s_least, argument])).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("/")]
    [InlineData("")]
    public void A_socket_that_can_have_no_other_beside_it_is_refused(string path) => Assert.Equal(
        $"--socket-file: \"{path}\" is not a path of a socket",
        Assert.Throws<CommandException>(
            () => GlusterfsdCommand.Read([.. s_least, "--volfile-id", "pool1.a", "--socket-file", path])).Message);

    [Fact]
    public void A_volfile_of_a_pools_self_heal_daemons_makes_it_one()
    {
        (DaemonCommands kind, GivenOptions given, bool stays) = GlusterfsdCommand.Read(
            ["--volfile-id", "shd/pool1", "-p", "/r/p", "-S", "/r/shd.pool1.socket", "-l", "/l", "--xlator-option",
                "*replicate*.node-uuid=n1", "--fs-display-name", "kadalu:shd.pool1", "-f", "/v.vol"]);
        Assert.Equal((DaemonCommands.HealDaemon, false), (kind, stays));
        Assert.Equal(
            ("/v.vol", null, "/l", "/r/p", null, "shd/pool1", "/r/shd.pool1.control.sock", "*replicate*.node-uuid=n1"),
            (given["volfile"], given["port"], given["log"], given["pid-file"], given["socket"], given["volfile-id"],
                given["control"], given["xlator-option:0"]));
    }

    [Fact]
    public void A_unit_without_a_volfile_is_none() =>
        Assert.Contains(
            "--volfile", Assert.Throws<CommandException>(() => GlusterfsdCommand.Read(["--brick-port", "1"])).Message,
            StringComparison.Ordinal);
}
