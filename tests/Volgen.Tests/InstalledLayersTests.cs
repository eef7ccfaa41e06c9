using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Tests;

public class InstalledLayersTests
{
    private readonly Volfile _kadalu = SampleVolfile.Read("kadalu/unit.vol");

    [Fact]
    public void A_translator_that_is_not_installed_is_spliced_out()
    {
        (Volfile changed, ImmutableArray<Volume> removed) =
            InstalledLayers.RemoveMissing(_kadalu, type => type != "features/simple-quota");
        Assert.Equal("pool2-simple-quota", Assert.Single(removed).Name);
        Assert.Null(changed.Find("pool2-simple-quota"));
        Assert.Equal("pool2-locks", Assert.Single(changed.Find("pool2-upcall")!.Subvolumes));
        Assert.Equal(_kadalu.Volumes.Length - 1, changed.Volumes.Length);
        VolfileParser.Parse(VolfilePrinter.Print(changed));
    }

    [Fact]
    public void Neighbours_are_spliced_out_together()
    {
        (Volfile changed, ImmutableArray<Volume> removed) = InstalledLayers.RemoveMissing(
            _kadalu, type => type is not ("features/locks" or "features/simple-quota" or "features/upcall"));
        Assert.Equal(3, removed.Length);
        Assert.Equal("pool2-access-control", Assert.Single(changed.Find("pool2-io-threads")!.Subvolumes));
        VolfileParser.Parse(VolfilePrinter.Print(changed));
    }

    [Fact]
    public void A_translator_that_nothing_can_stand_in_for_is_an_error()
    {
        VolfileException refused =
            Assert.Throws<VolfileException>(() => InstalledLayers.RemoveMissing(_kadalu, type => type != UnitVolfile.PosixType));
        Assert.Equal(1, refused.Line);
        Assert.Contains("storage/posix of volume pool2-posix is not installed", refused.Message, StringComparison.Ordinal);
    }
}
