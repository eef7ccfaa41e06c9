using KadaluFsd.Contract;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Daemons.Unit;
using KadaluFsd.Hosting;
using KadaluFsd.Storage;

namespace KadaluFsd.Daemons.Tests;

/// <summary>One look at a unit's directory.</summary>
public sealed class DirectoryProbeTests : IDisposable
{
    private static readonly Guid s_id = Guid.NewGuid();

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly DirectoryProbe _probe = new(new DescriptorBudget(1 << 20));

    public DirectoryProbeTests()
    {
        Make(Unit);
        _probe.Remember(Unit, s_id);
    }

    private string Unit => Path.Combine(_root.FullName, "u");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_directory_that_is_well_has_no_problem_however_often_it_is_looked_at()
    {
        Assert.Empty(_probe.Check());
        Assert.Empty(_probe.Check());
        Assert.True(File.Exists(HiddenDirectory.PathIn(Unit, "health_check")));
    }

    [Fact]
    public void One_that_is_gone_or_another_one_is_told_apart()
    {
        Directory.Move(Unit, Unit + ".moved");
        Assert.Equal([HealthCodes.DirectoryMissing], Codes());
        Make(Unit);
        Assert.Equal([HealthCodes.WrongFileSystem], Codes());
        Assert.StartsWith("another directory is at", _probe.Check()[0].Text, StringComparison.Ordinal);
        Directory.Delete(Unit, recursive: true);
        File.CreateSymbolicLink(Unit, "/proc");
        Assert.Equal([HealthCodes.WrongFileSystem], Codes());
        Assert.StartsWith("another file system is at", _probe.Check()[0].Text, StringComparison.Ordinal);
        File.Delete(Unit);
        Directory.Move(Unit + ".moved", Unit);
        Assert.Empty(_probe.Check());
    }

    [Fact]
    public void One_that_has_lost_its_id_or_has_another_is_the_wrong_one()
    {
        new UnitDirectory(Unit, s_id).RemoveVolumeId();
        Assert.Equal([HealthCodes.WrongVolume], Codes());
        new UnitDirectory(Unit, Guid.NewGuid()).WriteVolumeId();
        Assert.Equal([HealthCodes.WrongVolume], Codes());
    }

    [Fact]
    public void What_cannot_be_written_is_an_error_of_the_disk()
    {
        Directory.CreateDirectory(HiddenDirectory.PathIn(Unit, "health_check"));
        Assert.Equal([HealthCodes.InputOutput], Codes());
        Directory.Delete(HiddenDirectory.PathIn(Unit), recursive: true);
        Assert.Equal([HealthCodes.InputOutput], Codes());
    }

    [Fact]
    public void Where_descriptors_are_used_up_clients_cannot_use_it()
    {
        var probe = new DirectoryProbe(new DescriptorBudget(4));
        probe.Remember(Unit, s_id);
        Assert.Equal([HealthCodes.DescriptorsExhausted], probe.Check().Select(problem => problem.Code));
    }

    [Fact]
    public void What_is_not_there_cannot_be_remembered() => Assert.Equal(
        ExitCode.DirectoryRefused,
        Assert.Throws<CommandException>(() => _probe.Remember(Path.Combine(_root.FullName, "missing"), s_id)).Code);

    [Fact]
    public void A_disk_is_asked_for_its_figures_and_for_what_waits()
    {
        DiskFigures figures = new DiskReader(Unit, isTieBreaker: false).Read();
        Assert.True(figures.FileSystem is { SizeBytes: > 0 });
        Assert.Equal(["dirty", "interrupted", "xattrop"], figures.PendingHeals.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["marks"], new DiskReader(Unit, isTieBreaker: true).Read().PendingHeals.Keys);
    }

    private string[] Codes() => [.. _probe.Check().Select(problem => problem.Code)];

    private static void Make(string path)
    {
        Directory.CreateDirectory(path);
        var unit = new UnitDirectory(path, s_id);
        unit.WriteVolumeId();
        unit.PrepareHidden();
    }
}
