namespace KadaluFsd.Volgen.Tests;

public class UnitVolfileTests
{
    private readonly Volfile _kadalu = SampleVolfile.Read("kadalu/unit.vol");

    [Fact]
    public void A_units_volfile_says_what_the_unit_is()
    {
        UnitIdentity identity = UnitVolfile.Identify(_kadalu);
        Assert.Equal("/exports/pool2/s1", identity.Directory);
        Assert.Equal(Guid.Parse("9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11"), identity.VolumeId);
        Assert.Equal("pool2-server", identity.Server.Name);
        Assert.Equal("/var/lib/kadalu/volfiles", identity.Server["volspec-directory"]);
    }

    [Fact]
    public void A_stock_bricks_volfile_is_one_too() =>
        Assert.Equal(
            "/tmp/gd/b/mirror3-1",
            UnitVolfile.Identify(SampleVolfile.Read("glusterd/mirror3__mirror3.unit-host.tmp-gd-b-mirror3-1.vol")).Directory);

    [Theory]
    [InlineData("client.vol", "protocol/server")]
    [InlineData("heal-daemon.vol", "protocol/server")]
    public void Other_volfiles_are_refused(string sample, string words) =>
        Assert.Contains(words, Refusal(SampleVolfile.Read("kadalu/" + sample)), StringComparison.Ordinal);

    [Fact]
    public void What_a_unit_cannot_do_without_is_named()
    {
        Volume posix = _kadalu.OfType(UnitVolfile.PosixType).Single();
        Assert.Contains(
            "no option directory", Refusal(_kadalu.Replace(posix, posix.Without("directory"))), StringComparison.Ordinal);
        Assert.Contains("absolute", Refusal(_kadalu.Replace(posix, posix.With("directory", "x/y"))), StringComparison.Ordinal);
        Assert.Contains(
            "no option volume-id", Refusal(_kadalu.Replace(posix, posix.Without("volume-id"))), StringComparison.Ordinal);
        Assert.Contains("not a UUID", Refusal(_kadalu.Replace(posix, posix.With("volume-id", "9b0c"))), StringComparison.Ordinal);
        Assert.Contains(
            "0 volumes of type storage/posix", Refusal(_kadalu.Replace(posix, posix with { Type = "debug/sink" })),
            StringComparison.Ordinal);
        Volume server = _kadalu.Top;
        Assert.Contains(
            "has 2 subvolumes", Refusal(_kadalu.Replace(server, server with { Subvolumes = [posix.Name, server.Subvolumes[0]] })),
            StringComparison.Ordinal);
    }

    // extras/thin-arbiter/thin-arbiter.vol of GlusterFS has none.
    [Fact]
    public void Only_a_tie_breaker_may_be_without_a_volume_id()
    {
        Volume posix = _kadalu.OfType(UnitVolfile.PosixType).Single();
        Volfile without = _kadalu.Replace(posix, posix.Without("volume-id"));
        Volume locks = without.OfType("features/locks").Single();
        Assert.Null(UnitVolfile.Identify(without.Replace(locks, locks with { Type = UnitVolfile.ThinArbiterType })).VolumeId);
        Assert.NotNull(UnitVolfile.Identify(_kadalu).VolumeId);
    }

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData("transport.socket.listen-port 24008", "bind-address 10.0.0.1", 24008, "10.0.0.1")]
    [InlineData("listen-port 1", "transport.socket.bind-address server1", 1, "server1")]
    [InlineData("listen-port 65535", "transport.socket.bind-address ::1", 65535, "::1")]
    public void A_volfile_may_say_where_its_server_listens(string? first, string? second, int? port, string? address) =>
        Assert.Equal((address, port), UnitVolfile.ReadListenAddress(Listening(first, second)));

    [Theory]
    [InlineData("listen-port 0", "is not a port")]
    [InlineData("listen-port 65536", "is not a port")]
    [InlineData("transport.socket.listen-port +1", "is not a port")]
    [InlineData("bind-address a_b", "neither an address nor a host name")]
    public void What_a_server_cannot_listen_on_is_refused(string option, string reason) =>
        Assert.Contains(
            reason,
            Assert.Throws<VolfileException>(() => UnitVolfile.ReadListenAddress(Listening(option, null))).Message,
            StringComparison.Ordinal);

    private Volfile Listening(params string?[] options) => _kadalu.Replace(
        _kadalu.Top,
        options.OfType<string>().Select(option => option.Split(' '))
            .Aggregate(_kadalu.Top.Without("listen-port"), (server, option) => server.With(option[0], option[1])));

    [Fact]
    public void The_server_is_moved_off_the_network_and_nothing_else_changes()
    {
        Volfile changed = UnitVolfile.ListenPrivately(_kadalu, "/run/x/graph");
        Assert.Equal(
            ["transport.socket.read-fail-log", "auth.addr./exports/pool2/s1.allow", "auth-path",
                "auth.login./exports/pool2/s1.ssl-allow",
             "volspec-directory", "transport-type", "transport.address-family", "transport.socket.listen-path"],
            changed.Top.Options.Select(option => option.Key));
        Assert.Equal("unix", changed.Top["transport.address-family"]);
        Assert.Equal("/run/x/graph", changed.Top["transport.socket.listen-path"]);
        Assert.Equal(_kadalu.Volumes.SkipLast(1), changed.Volumes.SkipLast(1));
        Assert.Equal(changed, VolfileParser.Parse(VolfilePrinter.Print(changed)));
    }

    [Theory]
    [InlineData("kadalu/unit.vol")]
    [InlineData("glusterd/mirror3__mirror3.unit-host.tmp-gd-b-mirror3-1.vol")]
    public void Threads_take_every_kind_of_request_unless_a_limit_is_set(string sample)
    {
        Volfile volfile = SampleVolfile.Read(sample);
        Volume threads = volfile.OfType("performance/io-threads").Single();
        Volfile limited = volfile.Replace(threads, threads.With("low-prio-threads", "2"));
        Volume changed = UnitVolfile.WithoutThreadLimits(limited).Find(threads.Name)!;
        Assert.Equal(
            ["2", "64", "64", "64"],
            new[] { "low-prio-threads", "high-prio-threads", "normal-prio-threads", "least-prio-threads" }.Select(key => changed[key]));
        Assert.Equal(limited, UnitVolfile.WithoutThreadLimits(limited).Replace(changed, limited.Find(threads.Name)!));
    }

    private static string Refusal(Volfile volfile) =>
        Assert.Throws<VolfileException>(() => UnitVolfile.Identify(volfile)).Message;
}
