using System.Net;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Serving.Access;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Serving.Tests;

/// <summary>What those who serve volfiles are told.</summary>
public class ServingOptionTests
{
    [Fact]
    public void Without_a_word_the_documented_defaults_hold()
    {
        GivenOptions given = Given();
        var connections = ConnectionOptions.Of(given);
        Assert.Equal((10, 30, 30), (
            connections.HeaderTimeout.TotalSeconds, connections.CallTimeout.TotalSeconds,
            connections.HandshakeTimeout.TotalSeconds));
        Assert.Equal((1024, 16384, 16384, 4096), (
            connections.MaxUndecided, connections.MaxVolfileConnections, connections.MaxConnections, connections.MaxPerAddress));
        var listen = ListenOptions.Of(given);
        Assert.Equal((null, null, null, null), (listen.Port, listen.PoolPort, listen.NodePort, listen.Socket));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 24007), listen.ParseGateway());
        var volfiles = VolfileServerOptions.Of(given);
        Assert.Equal((null, 16, 0.5), (volfiles.Directory, volfiles.ServerRounds, volfiles.NotifyWindow.TotalSeconds));
        Assert.Empty(volfiles.ParseAdvertised());
        Assert.True(volfiles.ParseFilter().Admits(IPAddress.Parse("192.0.2.1"), new HashSet<IPAddress>()));
        var tls = VolfileTlsOptions.Of(given);
        Assert.Equal((TlsMode.Auto, null, null, null), (tls.Mode, tls.Certificate, tls.Key, tls.Authorities));
        Assert.Empty(tls.ParseAllowed());
        Assert.Equal((null, LogFormat.Text), (AccessLogOptions.Of(given).Path, AccessLogOptions.Of(given).Format));
    }

    [Theory]
    [InlineData("127.0.9.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:127.0.9.1", false)]
    [InlineData("fe80::1%lo", false)]
    [InlineData("[::1]", false)]
    [InlineData("127.1", false)]
    [InlineData("1", false)]
    [InlineData("127.0.9.1:24007", false)]
    [InlineData("localhost", false)]
    [InlineData("", false)]
    public void An_alias_is_an_address_that_one_machine_can_have(string text, bool isGood)
    {
        GivenOptions given = GivenOptions.Read(
            DaemonCommands.Unit, new Dictionary<string, string> { ["volfile"] = "/v", ["alias"] = text }, _ => null, null);
        if (isGood)
        {
            Assert.Equal(text, ListenOptions.Of(given).Alias);
        }
        else
        {
            Assert.Contains(
                "alias", Assert.Throws<CommandException>(() => ListenOptions.Of(given)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_given_becomes_what_it_means()
    {
        GivenOptions given = Given(
            ("listen", "[::1]:24100"), ("pool-port", "24101"), ("socket", "/s"), ("header-timeout", "0.5"),
            ("max-per-address", "7"), ("volfiles", "/v"), ("allow", "192.0.2.0/24"), ("deny", "192.0.2.7"), ("server-rounds", "4"),
            ("advertise", "10.1.0.0/16=a,b"), ("notify-window", "2"), ("tls", "required"), ("tls-cert", "/c"), ("tls-key", "/k"),
            ("tls-ca", "/a"), ("tls-allow", "one, two"), ("access-log", "/l"), ("access-log-format", "json"));
        var listen = ListenOptions.Of(given);
        Assert.Equal((24101, "/s"), (listen.PoolPort, listen.Socket));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 24100), listen.ParseGateway());
        var connections = ConnectionOptions.Of(given);
        Assert.Equal((0.5, 7), (connections.HeaderTimeout.TotalSeconds, connections.MaxPerAddress));
        var volfiles = VolfileServerOptions.Of(given);
        Assert.Equal(("/v", 4, 2.0), (volfiles.Directory, volfiles.ServerRounds, volfiles.NotifyWindow.TotalSeconds));
        Assert.Equal(["a", "b"], Assert.Single(volfiles.ParseAdvertised()).Hosts.AsEnumerable());
        AddressFilter filter = volfiles.ParseFilter();
        Assert.Equal([false, true, false], new[] { "192.0.2.7", "192.0.2.8", "192.0.3.1" }
            .Select(address => filter.Admits(IPAddress.Parse(address), new HashSet<IPAddress>())));
        var tls = VolfileTlsOptions.Of(given);
        Assert.Equal((TlsMode.Required, "/c", "/k", "/a"), (tls.Mode, tls.Certificate, tls.Key, tls.Authorities));
        Assert.Equal(["one", "two"], tls.ParseAllowed().AsEnumerable());
        Assert.Equal(("/l", LogFormat.Json), (AccessLogOptions.Of(given).Path, AccessLogOptions.Of(given).Format));
    }

    [Theory]
    [InlineData("listen", "127.0.0.1", "ADDRESS:PORT")]
    [InlineData("listen", "127.0.0.1:0", "ADDRESS:PORT")]
    [InlineData("listen", "localhost:24007", "ADDRESS:PORT")]
    [InlineData("pool-port", "65536", "a whole number from 1 to 65535")]
    [InlineData("allow", "10.0.0.0/8,nodea", "a list of addresses and networks such as 192.0.2.7,10.0.0.0/8,2001:db8::/32 (\"nodea\" is neither)")]
    [InlineData("deny", "x", "a list of addresses")]
    [InlineData("allow", "", "a list of addresses")]
    [InlineData("allow", ",", "a list of addresses")]
    [InlineData("advertise", "10.1.0.0/16=a;10.1.0.0/16=b", "networks with the names of hosts")]
    [InlineData("server-rounds", "17", "a whole number from 1 to 16")]
    [InlineData("tls-allow", "", "common names of 1 to 64 characters, separated by commas")]
    [InlineData("notify-window", "0", "seconds, from 0.1 to 3600")]
    public void What_means_nothing_is_named_with_what_is_expected(string name, string value, string expected)
    {
        CommandException refused = Assert.Throws<CommandException>(() =>
        {
            GivenOptions given = Given(("max-undecided", "5"), ("tls", "off"), (name, value));
            ListenOptions.Of(given);
            ConnectionOptions.Of(given);
            VolfileServerOptions.Of(given);
            VolfileTlsOptions.Of(given);
        });
        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.StartsWith($"--{name}: \"{value}\" is not {expected}", refused.Message, StringComparison.Ordinal);
    }

    private static GivenOptions Given(params (string Name, string Value)[] flags) => GivenOptions.Read(
        DaemonCommands.Gateway, flags.ToDictionary(flag => flag.Name, flag => flag.Value), _ => null, null);
}
