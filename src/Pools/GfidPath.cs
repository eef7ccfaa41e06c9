using System.Text;
using KadaluFsd.Linux;
using KadaluFsd.Storage;

namespace KadaluFsd.Pools;

/// <summary>
/// Finds the path of a file by its gfid, in a storage unit's directory on this node: each file has a handle there (<see
/// cref="HiddenDirectory.HandleOf"/>). A directory's is a symbolic link to its name in its parent's handle; another file has its
/// parent's gfid and its name in an attribute (storage/posix, <c>gfid2path</c>).
/// </summary>
public static class GfidPath
{
    private const string GfidToPath = "trusted.gfid2path.";

    // Its value is a gfid, a slash and a name of 255 bytes at most.
    private const int ValueMax = 36 + 1 + 255;

    // GlusterFS's paths have at most PATH_MAX bytes, 4096; each name takes at least two.
    private const int DepthMax = 2048;

    /// <summary>Finds it in the first of several units that knows it.</summary>
    /// <returns>As for one unit; null where none knows it.</returns>
    public static string? Find(IEnumerable<string> units, Guid gfid) =>
        units.Select(unit => Find(unit, gfid)).FirstOrDefault(path => path is not null);

    /// <returns>The path from the root of the pool, such as <c>/dir/file</c>, any one of a file with hard links; null where this
    /// unit does not know it.</returns>
    public static string? Find(string unit, Guid gfid)
    {
        var names = new Stack<string>();
        while (gfid != HiddenDirectory.RootGfid)
        {
            if (names.Count == DepthMax || FindEntry(unit, gfid) is not (Guid parent, string name))
            {
                return null;
            }

            names.Push(name);
            gfid = parent;
        }

        return "/" + string.Join('/', names);
    }

    private static (Guid Parent, string Name)? FindEntry(string unit, Guid gfid)
    {
        string handle = HiddenDirectory.HandleOf(unit, gfid);
        try
        {
            // ../../FIRST TWO/NEXT TWO/PARENT/NAME
            return new FileInfo(handle).LinkTarget is { } target && target.Split('/') is [.., var parent, var name]
                ? ParseEntry(parent, name) : ReadEntry(handle);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static (Guid Parent, string Name)? ReadEntry(string handle)
    {
        Span<byte> value = stackalloc byte[ValueMax];
        ExtendedAttribute.List(handle, out string[] attributes);
        foreach (string attribute in attributes.Where(attribute => attribute.StartsWith(GfidToPath, StringComparison.Ordinal)))
        {
            if (ExtendedAttribute.Read(handle, attribute, value, out int length) == Errno.None &&
                Encoding.UTF8.GetString(value[..length]).Split('/') is [var parent, var name] &&
                ParseEntry(parent, name) is { } entry)
            {
                return entry;
            }
        }

        return null;
    }

    private static (Guid Parent, string Name)? ParseEntry(string parent, string name) =>
        Guid.TryParseExact(parent, "D", out Guid gfid) && name is not ("" or "." or "..") ? (gfid, name) : null;
}
