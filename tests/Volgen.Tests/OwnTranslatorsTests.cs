namespace KadaluFsd.Volgen.Tests;

public class OwnTranslatorsTests
{
    private readonly Volfile _kadalu = SampleVolfile.Read("kadalu/unit.vol");

    [Theory]
    [InlineData("kadalu/unit.vol")]
    [InlineData("kadalu/arbiter-unit.vol")]
    [InlineData("glusterd/mirror3__mirror3.unit-host.tmp-gd-b-mirror3-1.vol")]
    public void The_guard_stands_above_the_disk_and_below_what_is_served_whoever_wrote_the_volfile(string sample)
    {
        Volfile before = SampleVolfile.Read(sample);
        UnitIdentity identity = UnitVolfile.Identify(before);
        Volfile guarded = OwnTranslators.AddTo(before);
        Volume[] guards = [.. guarded.OfType(OwnTranslators.GuardType)];

        Assert.Equal(2, guards.Length);
        Assert.Equal(identity.Posix.Name, Assert.Single(guards[0].Subvolumes));
        Assert.Equal(identity.Directory, guards[0]["directory"]);
        Assert.Equal(
            [guards[0].Name],
            guarded.Volumes.Where(volume => volume.Subvolumes.Contains(identity.Posix.Name)).Select(volume => volume.Name));
        Assert.Equal(guards[1].Name, Assert.Single(guarded.Find(guarded.Top.Subvolumes[0])!.Subvolumes));
        Assert.Null(guards[1]["directory"]);
        Volume moves = Assert.Single(guarded.OfType(OwnTranslators.MovesType));
        Assert.Equal(moves.Name, Assert.Single(guards[1].Subvolumes));
        Assert.Null(moves["marks"]);
        Volume recent = Assert.Single(guarded.OfType(OwnTranslators.RecentType));
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
        Volfile guarded = OwnTranslators.AddTo(VolfileParser.Parse(
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
        Volfile guarded = OwnTranslators.AddTo(VolfileParser.Parse(
            "volume p\n type storage/posix\n option directory /x\nend-volume\nvolume l\n type features/locks\n subvolumes " +
            "p\nend-volume\nvolume s\n type protocol/server\n subvolumes l\nend-volume\n"));
        Assert.Equal(
            ["storage/posix", "kadalu/guard", "kadalu/moves", "kadalu/guard", "features/locks", "protocol/server"],
            guarded.Volumes.Select(volume => volume.Type));
        Assert.Equal("off", guarded.OfType(OwnTranslators.MovesType).Single()["marks"]);
    }

    [Fact]
    public void A_volfile_has_no_guard_of_its_own()
    {
        Volfile guarded = OwnTranslators.AddTo(_kadalu);
        Assert.Contains(
            "every unit puts into its graph itself",
            Assert.Throws<VolfileException>(() => OwnTranslators.AddTo(guarded)).Message, StringComparison.Ordinal);
    }
}
