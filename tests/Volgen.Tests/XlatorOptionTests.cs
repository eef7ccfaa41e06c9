namespace KadaluFsd.Volgen.Tests;

public class XlatorOptionTests
{
    private static readonly Volfile s_volfile = VolfileParser.Parse(
        "volume p-posix\n    type storage/posix\n    option directory /a\nend-volume\nvolume p-server\n    type " +
        "protocol/server\n    option listen-port 1\n    subvolumes p-posix\nend-volume\n");

    [Theory]
    [InlineData("*-posix.glusterd-uuid=0b1d", "*-posix", "glusterd-uuid", "0b1d")]
    [InlineData("p-server.transport.socket.listen-port=7", "p-server", "transport.socket.listen-port", "7")]
    [InlineData("a.b=c=d", "a", "b", "c=d")]
    public void It_is_read_as_glusterfsd_reads_it(string text, string volumes, string key, string value) =>
        Assert.Equal(new XlatorOption(volumes, key, value), XlatorOption.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("a=b")]
    [InlineData(".b=c")]
    [InlineData("a.=c")]
    [InlineData("a.b=")]
    public void What_is_not_one_is_refused(string text) => Assert.Throws<FormatException>(() => XlatorOption.Parse(text));

    [Fact]
    public void It_is_set_where_the_name_fits_and_the_last_one_counts()
    {
        Volfile changed = XlatorOption.Apply(
            s_volfile,
            [new("*-posix", "glusterd-uuid", "1"), new("p-?erver", "listen-port", "2"), new("p-server", "listen-port", "3"),
                new("posix", "x", "y")]);
        Assert.Equal("1", changed.Find("p-posix")!["glusterd-uuid"]);
        Assert.Equal("3", changed.Find("p-server")!["listen-port"]);
        Assert.Null(changed.Find("p-posix")!["x"]);
        Assert.Null(changed.Find("p-server")!["glusterd-uuid"]);
    }
}
