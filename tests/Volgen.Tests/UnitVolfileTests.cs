namespace KadaluFsd.Volgen.Tests;

public class UnitVolfileTests
{
    private readonly Volfile _kadalu = Sample("kadalu/unit.vol");

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
            UnitVolfile.Identify(Sample("glusterd/mirror3__mirror3.unit-host.tmp-gd-b-mirror3-1.vol")).Directory);

    [Theory]
    [InlineData("client.vol", "protocol/server")]
    [InlineData("heal-daemon.vol", "protocol/server")]
    public void Other_volfiles_are_refused(string sample, string words) =>
        Assert.Contains(words, Refusal(Sample("kadalu/" + sample)), StringComparison.Ordinal);

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
    [InlineData("kadalu/arbiter-unit.vol")]
    [InlineData("glusterd/mirror3__mirror3.unit-host.tmp-gd-b-mirror3-1.vol")]
    public void The_guard_stands_above_the_disk_and_below_what_is_served_whoever_wrote_the_volfile(string sample)
    {
        Volfile before = Sample(sample);
        UnitIdentity identity = UnitVolfile.Identify(before);
        Volfile guarded = UnitVolfile.WithOwnTranslators(before);
        Volume[] guards = [.. guarded.OfType(UnitVolfile.GuardType)];

        Assert.Equal(2, guards.Length);
        Assert.Equal(identity.Posix.Name, Assert.Single(guards[0].Subvolumes));
        Assert.Equal(identity.Directory, guards[0]["directory"]);
        Assert.Equal(
            [guards[0].Name],
            guarded.Volumes.Where(volume => volume.Subvolumes.Contains(identity.Posix.Name)).Select(volume => volume.Name));
        Assert.Equal(guards[1].Name, Assert.Single(guarded.Find(guarded.Top.Subvolumes[0])!.Subvolumes));
        Assert.Null(guards[1]["directory"]);
        Volume moves = Assert.Single(guarded.OfType(UnitVolfile.MovesType));
        Assert.Equal(moves.Name, Assert.Single(guards[1].Subvolumes));
        Volume recent = Assert.Single(guarded.OfType(UnitVolfile.RecentType));
        Assert.Equal(recent.Name, Assert.Single(moves.Subvolumes));
        Assert.Equal(identity.Directory, recent["directory"]);
        Assert.Equal(before.Find(before.Top.Subvolumes[0])!.Subvolumes.ToArray(), recent.Subvolumes.ToArray());

        // Nothing else is another: names, order, options; and it can be read.
        Assert.Equal(
            before.Volumes.Select(volume => (volume.Name, volume.Type)),
            guarded.Volumes.Except([.. guards, moves, recent]).Select(volume => (volume.Name, volume.Type)));
        Assert.Equal(
            before.Volumes.SelectMany(volume => volume.Options),
            guarded.Volumes.Except([.. guards, moves, recent]).SelectMany(volume => volume.Options));
        Assert.Equal(VolfilePrinter.Print(guarded), VolfilePrinter.Print(VolfileParser.Parse(VolfilePrinter.Print(guarded))));
        Assert.Equal(identity.Directory, UnitVolfile.Identify(guarded).Directory);
    }

    [Fact]
    public void A_server_right_above_posix_serves_the_guard_by_its_name()
    {
        Volfile guarded = UnitVolfile.WithOwnTranslators(VolfileParser.Parse(
            "volume p\n type storage/posix\n option directory \"/x y\"\nend-volume\nvolume p-guard\n type protocol/server\n " +
            "subvolumes p\nend-volume\n"));
        Assert.Equal(
            [("p-guard-", "storage/posix", ""), ("p", "kadalu/guard", "p-guard-"), ("p-guard", "protocol/server", "p")],
            guarded.Volumes.Select(volume => (volume.Name, volume.Type, string.Join(' ', volume.Subvolumes))));
        Assert.Equal("/x y", VolfileParser.Parse(VolfilePrinter.Print(guarded)).Find("p")!["directory"]);
    }

    [Fact]
    public void Where_nothing_is_marked_no_mark_is_carried()
    {
        Volfile guarded = UnitVolfile.WithOwnTranslators(VolfileParser.Parse(
            "volume p\n type storage/posix\n option directory /x\nend-volume\nvolume l\n type features/locks\n subvolumes " +
            "p\nend-volume\nvolume s\n type protocol/server\n subvolumes l\nend-volume\n"));
        Assert.Equal(
            ["storage/posix", "kadalu/guard", "kadalu/guard", "features/locks", "protocol/server"],
            guarded.Volumes.Select(volume => volume.Type));
    }

    [Fact]
    public void A_volfile_has_no_guard_of_its_own()
    {
        Volfile guarded = UnitVolfile.WithOwnTranslators(_kadalu);
        Assert.Contains(
            "every unit puts into its graph itself",
            Assert.Throws<VolfileException>(() => UnitVolfile.WithOwnTranslators(guarded)).Message, StringComparison.Ordinal);
    }

    private static string Refusal(Volfile volfile) =>
        Assert.Throws<VolfileException>(() => UnitVolfile.Identify(volfile)).Message;

    private static Volfile Sample(string name) =>
        VolfileParser.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", name)));
}
