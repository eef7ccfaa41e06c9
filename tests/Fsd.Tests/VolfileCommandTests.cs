using KadaluFsd.Contract;
using KadaluFsd.Fsd.Cli;

namespace KadaluFsd.Fsd.Tests;

public class VolfileCommandTests
{
    [Theory]
    [InlineData("server1:24007", "server1", 24007)]
    [InlineData("192.0.2.1:1", "192.0.2.1", 1)]
    [InlineData("[2001:db8::1]:65535", "2001:db8::1", 65535)]
    public void A_server_is_host_and_port(string text, string host, int port) =>
        Assert.Equal((host, port), VolfileFetcher.ParseServer(text));

    [Theory]
    [InlineData("")]
    [InlineData("server1")]
    [InlineData("server1:")]
    [InlineData(":24007")]
    [InlineData("server1:0")]
    [InlineData("server1:65536")]
    [InlineData("server1:+1")]
    [InlineData("2001:db8::1:24007")]
    [InlineData("[]:1")]
    public void Anything_else_is_refused(string text) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<CommandException>(() => VolfileFetcher.ParseServer(text)).Code);

    [Fact]
    public void A_difference_shows_what_went_and_what_came_and_where() =>
        Assert.Equal(
            "- [b]     option x 1\n+ [b]     option x 2\n+ [b]     option y 3\n",
            VolfileCommand.Difference(
                "volume a\n    option x 1\nend-volume\nvolume b\n    option x 1\nend-volume\n",
                "volume a\n    option x 1\nend-volume\nvolume b\n    option x 2\n    option y 3\nend-volume\n"));
}
