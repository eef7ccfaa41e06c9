using KadaluFsd.Linux;
using KadaluFsd.Storage;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>What the files of a directory say that joins its pool again: nothing that would make it the source of a heal.</summary>
public sealed class AdoptedFilesTests : IDisposable
{
    private static readonly Guid s_file = new("ffeeddcc-0000-4000-8000-000000000003");

    private readonly string _unit = Directory.CreateTempSubdirectory("kadalu-fsd-test-").FullName;

    public void Dispose() => Directory.Delete(_unit, recursive: true);

    [Fact]
    public void Of_a_mirror_they_blame_nobody_any_more_and_its_index_is_gone()
    {
        string handle = Make("trusted.afr.pool1-client-0", "trusted.afr.dirty", "trusted.ec.version", "trusted.other");
        new UnitIndex(_unit).Add(s_file);
        AdoptedFiles.Forget(_unit, GroupKind.Mirror);
        Assert.Equal(["trusted.ec.version", "trusted.gfid", "trusted.other"], NamesOf(handle));
        Assert.Equal(["trusted.ec.version", "trusted.other"], NamesOf(_unit));
        Assert.False(Directory.Exists(HiddenDirectory.PathIn(_unit, HiddenDirectory.Indices)));
    }

    [Fact]
    public void Of_a_disperse_group_parts_are_old_and_wait_for_a_heal()
    {
        string handle = Make("trusted.ec.version", "trusted.ec.dirty", "trusted.ec.size", "trusted.afr.dirty");
        AdoptedFiles.Forget(_unit, GroupKind.Disperse);
        Assert.Equal(["trusted.afr.dirty", "trusted.ec.size", "trusted.gfid"], NamesOf(handle));
        Assert.True(File.Exists(HiddenDirectory.PathIn(_unit, HiddenDirectory.Indices, "xattrop", s_file.ToString())));
        Assert.Equal(1, new PendingHeals(_unit, isTieBreaker: false).Count()["xattrop"]);
    }

    [Fact]
    public void Where_there_is_nothing_nothing_is_forgotten() => AdoptedFiles.Forget(_unit, GroupKind.Mirror);

    // A file by its handle, and the top directory, with these attributes.
    private string Make(params string[] names)
    {
        string handle = HiddenDirectory.HandleOf(_unit, s_file);
        Directory.CreateDirectory(Path.GetDirectoryName(handle)!);
        File.WriteAllText(handle, "");
        Assert.Equal(Errno.None, ExtendedAttribute.Create(handle, "trusted.gfid", s_file.ToByteArray(bigEndian: true)));
        foreach (string path in new[] { handle, _unit })
        {
            Array.ForEach(names, name => Assert.Equal(Errno.None, ExtendedAttribute.Create(path, name, [1])));
        }

        return handle;
    }

    private static string[] NamesOf(string path)
    {
        Assert.Equal(Errno.None, ExtendedAttribute.List(path, out string[] names));
        return [.. names.Where(name => name.StartsWith("trusted.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }
}
