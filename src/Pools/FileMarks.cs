using System.Buffers.Binary;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>What mirrors (cluster/replicate) and disperse groups note on a copy of a file.</summary>
public static class FileMarks
{
    private const string Accusation = "trusted.afr.";
    private const string Dirty = "dirty";
    private const string FragmentDirty = "trusted.ec.dirty";
    private const string FragmentVersion = "trusted.ec.version";
    private const string FileSize = "trusted.ec.size";

    /// <summary>Reads the marks that a copy has.</summary>
    /// <param name="pool">The pool, whose units they name.</param>
    /// <param name="path">The copy.</param>
    public static IEnumerable<CopyMark> Read(Pool pool, string path)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ExtendedAttribute.List(path, out string[] names);
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            CopyMark? mark = name.StartsWith(Accusation, StringComparison.Ordinal)
                ? Parse(
                    name == Accusation + Dirty ? null : NameOf(pool, name[Accusation.Length..]),
                    ExtendedAttribute.Find(path, name, 12))
                : name == FragmentDirty ? ParseFragment(ExtendedAttribute.Find(path, name, 16)) : null;
            if (mark is not null)
            {
                yield return mark;
            }
        }
    }

    /// <summary>Reads what a fragment says of its file.</summary>
    /// <param name="path">The fragment.</param>
    /// <returns>Null where it says nothing.</returns>
    public static FragmentFacts? ReadFragment(string path) =>
        ExtendedAttribute.Find(path, FragmentVersion, 16) is { Length: 16 } version
            ? new FragmentFacts(
                BinaryPrimitives.ReadUInt64BigEndian(version), BinaryPrimitives.ReadUInt64BigEndian(version.AsSpan(8)),
                ExtendedAttribute.Find(path, FileSize, 8) is { Length: 8 } size
                    ? BinaryPrimitives.ReadUInt64BigEndian(size) : null)
            : null;

    /// <summary>Parses what a mirror notes: three numbers of changes. All zero is no mark.</summary>
    /// <param name="unit">The unit that is accused; null for none.</param>
    /// <param name="value">The numbers; null for none.</param>
    internal static CopyMark? Parse(string? unit, byte[]? value)
    {
        if (value is not { Length: 12 })
        {
            return null;
        }

        var mark = new CopyMark(
            unit, BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan(4)),
            BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan(8)));
        return mark with { Unit = null } == new CopyMark(null, 0, 0, 0) ? null : mark;
    }

    /// <summary>The unit that is called so in graphs of clients: <c>LAYERS-client-NUMBER</c>.</summary>
    /// <returns>Its address; the name itself where there is none, or none any more.</returns>
    internal static string NameOf(Pool pool, string name) => pool.Units.FirstOrDefault(
        member => string.Create(
            CultureInfo.InvariantCulture, $"{pool.Layers?.Name ?? pool.Name}-client-{member.Number}") == name)
        ?.Unit.Address ?? name;

    private static CopyMark? ParseFragment(byte[]? value)
    {
        ulong data = value is { Length: 16 } ? BinaryPrimitives.ReadUInt64BigEndian(value) : 0;
        ulong metadata = value is { Length: 16 } ? BinaryPrimitives.ReadUInt64BigEndian(value.AsSpan(8)) : 0;
        return (data, metadata) == (0, 0) ? null : new CopyMark(null, data, metadata, 0);
    }
}
