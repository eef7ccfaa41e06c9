using KadaluFsd.Linux;
using KadaluFsd.Storage;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// The files of a directory that joins its pool again after the pool has gone on without it. Their marks about other units, and
/// about their own version, must not count: they would make them the source of a heal. Files are found by their handles below
/// <c>.glusterfs</c>, whatever bytes their names have.
/// </summary>
public static class AdoptedFiles
{
    private const string GfidAttribute = "trusted.gfid";
    private const int GfidLength = 16;

    // In mirrors: which other units missed something. In disperse groups: how often a fragment was changed, and whether it was
    // being changed.
    private static readonly string[] s_mirrorMarks = ["trusted.afr."];
    private static readonly string[] s_disperseMarks = ["trusted.ec.version", "trusted.ec.dirty"];

    /// <summary>Removes these marks. The unit must not run.</summary>
    /// <param name="kind">The kind of its group. In a disperse group files are entered in the unit's own index too, since the
    /// other units need no marks to tell which fragment is old.</param>
    /// <exception cref="IOException">A file cannot be changed. What was done already only causes more heals.</exception>
    public static void Forget(string path, GroupKind kind)
    {
        string indices = HiddenDirectory.PathIn(path, HiddenDirectory.Indices);
        if (Directory.Exists(indices))
        {
            Directory.Delete(indices, recursive: true);
        }

        UnitIndex? index = kind == GroupKind.Disperse ? new UnitIndex(path) : null;
        string[] marks = kind == GroupKind.Disperse ? s_disperseMarks : s_mirrorMarks;
        Forget(path, marks);
        foreach ((string handle, Guid gfid) in Handles(HiddenDirectory.PathIn(path)))
        {
            // The handle of a directory is a symbolic link to it; the handle of a symbolic link is the link itself.
            if (GfidOf(handle) == gfid)
            {
                Forget(handle, marks);
            }
            else
            {
                ForgetLink(handle, marks);
            }

            index?.Add(gfid);
        }
    }

    private static IEnumerable<(string Path, Guid Gfid)> Handles(string handles) =>
        from first in Directory.Exists(handles) ? Directory.EnumerateDirectories(handles, "??") : []
        from second in Directory.EnumerateDirectories(first, "??")
        from handle in Directory.EnumerateFileSystemEntries(second)
        let gfid = Guid.TryParse(Path.GetFileName(handle), out Guid parsed) ? parsed : Guid.Empty
        where gfid != Guid.Empty
        select (handle, gfid);

    private static Guid GfidOf(string path)
    {
        Span<byte> value = stackalloc byte[GfidLength];
        return ExtendedAttribute.Read(path, GfidAttribute, value, out int length) == Errno.None && length == GfidLength
            ? new Guid(value, bigEndian: true) : Guid.Empty;
    }

    private static void Forget(string path, string[] marks)
    {
        _ = ExtendedAttribute.List(path, out string[] names);
        foreach (string name in names.Where(name => IsAmong(marks, name)))
        {
            Require(ExtendedAttribute.Remove(path, name), path, name);
        }
    }

    private static void ForgetLink(string path, string[] marks)
    {
        _ = ExtendedAttribute.ListOfLink(path, out string[] names);
        foreach (string name in names.Where(name => IsAmong(marks, name)))
        {
            Require(ExtendedAttribute.RemoveFromLink(path, name), path, name);
        }
    }

    private static bool IsAmong(string[] marks, string name) =>
        marks.Any(mark => name.StartsWith(mark, StringComparison.Ordinal));

    private static void Require(Errno error, string path, string name)
    {
        if (error is not (Errno.None or Errno.ENODATA))
        {
            throw new IOException($"{path}: cannot remove {name}: {error.Describe()}");
        }
    }
}
