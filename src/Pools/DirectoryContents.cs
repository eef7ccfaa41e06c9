using System.Collections.Immutable;
using KadaluFsd.Linux;
using KadaluFsd.Storage;

namespace KadaluFsd.Pools;

/// <summary>
/// The contents of a directory that a storage unit is going to use: none, or files and marks, which it would serve.
/// </summary>
public sealed record DirectoryContents
{
    private const int NamesTold = 3;

    /// <summary>The directory.</summary>
    public required string Path { get; init; }

    /// <summary>The pool that it carries the id of; null for none.</summary>
    public Guid? Owner { get; init; }

    /// <summary>Whether that pool has been deleted on this node.</summary>
    public bool IsReleased { get; init; }

    /// <summary>Its entries, without those of GlusterFS and of the file system itself.</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>Its extended attributes that only storage units have, without the pool's id.</summary>
    public ImmutableArray<string> Marks { get; init; } = [];

    /// <summary>Whether GlusterFS has served it: <c>.glusterfs</c> has more in it than in a new unit.</summary>
    public bool HasHandles { get; init; }

    /// <summary>Whether it has never been served: it does not exist, or has only what the creation of a unit leaves.</summary>
    public bool IsNew => Names.IsEmpty && Marks.IsEmpty && !HasHandles;

    /// <summary>Reads the contents; none for a directory that does not exist.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static DirectoryContents Read(string path)
    {
        if (!Directory.Exists(path))
        {
            return new DirectoryContents { Path = path };
        }

        Guid? volumeId = UnitDirectory.ReadVolumeId(path, out Guid found) == Errno.None ? found : null;
        _ = ExtendedAttribute.List(path, out string[] attributes);
        return new DirectoryContents
        {
            Path = path,
            Owner = volumeId ?? UnitMark.Read(path)?.VolumeId,
            IsReleased = volumeId is null,
            Names =
                [.. Directory.EnumerateFileSystemEntries(path).Select(entry => System.IO.Path.GetFileName(entry))
                    .Where(
                        name => name is not (HiddenDirectory.Name or UnitDirectory.LostAndFound) &&
                        !name.StartsWith(UnitDirectory.AnonymousPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)],
            Marks =
                [.. attributes.Where(
                    name => name.StartsWith(UnitDirectory.MarkPrefix, StringComparison.Ordinal) &&
                    name != UnitDirectory.VolumeIdAttribute).Order(StringComparer.Ordinal)],
            HasHandles = HasMoreThanANewUnit(HiddenDirectory.PathIn(path)),
        };
    }

    /// <summary>Why a pool cannot use it without an option that says what to do with the contents.</summary>
    /// <returns>All reasons; null where it can.</returns>
    public string? FindObjection(Guid pool)
    {
        string[] reasons =
        [
            .. Owner is { } owner && owner != pool
                ? [$"{(IsReleased ? "was a unit of the deleted pool" : "belongs to the pool")} with the id {owner}"]
                : Array.Empty<string>(),
            .. Names.IsEmpty ? Array.Empty<string>() : [$"is not empty ({Some(Names)})"],
            .. HasHandles ? [$"has a storage unit's {HiddenDirectory.Name}"] : Array.Empty<string>(),
            .. Marks.IsEmpty ? Array.Empty<string>() : [$"has marks of a storage unit ({Some(Marks)})"],
        ];
        return reasons.Length == 0 ? null : $"{Path} {string.Join(", ", reasons)}";
    }

    private static string Some(ImmutableArray<string> all) =>
        string.Join(", ", all.Take(NamesTold)) + (all.Length > NamesTold ? $" and {all.Length - NamesTold} more" : "");

    // What PoolDirectories creates: the empty directory of the index, a mark and a label.
    private static bool HasMoreThanANewUnit(string handles) =>
        Directory.Exists(handles) && Directory.EnumerateFileSystemEntries(handles)
        .Any(entry => System.IO.Path.GetFileName(entry) switch
        {
            HiddenDirectory.Indices => Directory.EnumerateFiles(entry, "*", SearchOption.AllDirectories)
                .Any(file => System.IO.Path.GetFileName(file) != UnitIndex.RootEntry && !UnitIndex.IsOwnBase(file)),
            UnitMark.FileName or UnitLabel.FileName => false,
            DirectoryDiscard.Kept => false,
            _ => true,
        });
}

/// <summary>What is done with directories that are not empty.</summary>
public enum ExistingContents
{
    /// <summary>The pool is not created.</summary>
    Refuse,

    /// <summary>They join their own pool again, and are healed from the other units.</summary>
    Adopt,

    /// <summary>Everything comes back as it was: the pool was deleted on all nodes.</summary>
    Restore,

    /// <summary>They were bricks of a volume of glusterd, and stay as they are.</summary>
    Import,

    /// <summary>The contents are moved aside.</summary>
    Discard,
}
