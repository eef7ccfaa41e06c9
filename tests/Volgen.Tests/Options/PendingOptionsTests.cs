using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Volgen.Tests.Options;

public class PendingOptionsTests
{
    private const string Unit = """
        volume posix
            type storage/posix
            option directory /u
        end-volume
        volume server
            type protocol/server
            option transport.socket.ssl-own-cert /first
            option transport.socket.listen-port 1
            option ping-timeout 10
            subvolumes posix
        end-volume

        """;

    [Theory]
    [InlineData("/first", "/second", "protocol/server.transport.socket.ssl-own-cert")]
    [InlineData("            option transport.socket.ssl-own-cert /first\n", "", "protocol/server.transport.socket.ssl-own-cert")]
    [InlineData("listen-port 1", "listen-port 2", null)]
    [InlineData("ping-timeout 10", "ping-timeout 20", null)]
    [InlineData("option directory /u", "option directory /u\noption other on", "storage/posix.other")]
    [InlineData("listen-port 1", "ssl-enabled on", "protocol/server.transport.socket.ssl-enabled")]
    public void What_a_translator_passes_over_is_pending(string before, string after, string? pending)
    {
        Volfile built = VolfileParser.Parse(Unit);
        Volfile now = VolfileParser.Parse(Unit.Replace(before.TrimStart(' '), after, StringComparison.Ordinal));
        Assert.NotEqual(built, now);
        Assert.Equal(pending is null ? [] : [pending], PendingOptions.Find(built, now, type => type == "protocol/server"));
        Assert.Empty(PendingOptions.Find(now, now, _ => false));
    }

    [Fact]
    public void Connections_are_encrypted_or_plain_and_options_have_their_pool_s_names()
    {
        Assert.Equal([false], PendingOptions.TlsOf(VolfileParser.Parse(Unit)));
        Assert.Equal(
            [true],
            PendingOptions.TlsOf(
                VolfileParser.Parse(Unit.Replace("listen-port 1", "ssl-enabled yes", StringComparison.Ordinal))));
        Assert.Equal("ssl.own-cert", PendingOptions.NameOf("protocol/server.transport.socket.ssl-own-cert"));
        Assert.Equal("ssl.own-cert", PendingOptions.NameOf("protocol/client.transport.socket.ssl-own-cert"));
        Assert.Equal("storage/posix.other", PendingOptions.NameOf("storage/posix.other"));
    }
}
