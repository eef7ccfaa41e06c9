using System.Collections.Immutable;
using KadaluFsd.Linux;
using KadaluFsd.Storage;

namespace KadaluFsd.Pools;

/// <summary>
/// What is in a directory that is to become a storage unit's: nothing yet, or files and marks that it would serve without having
/// been asked to.
/// </summary>
public sealed record DirectoryContents
{
    private const int NamesTold = 3;

    /// <summary>The directory.</summary>
    public required string Path { get; init; }

    /// <summary>The pool that it says it is a unit of; null for none.</summary>
    public Guid? Owner { get; init; }

    /// <summary>Whether that pool was deleted on this node since.</summary>
    public bool IsReleased { get; init; }

    /// <summary>Names at its top, those of GlusterFS and of the file system itself left out.</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>Extended attributes that only a storage unit has, the pool's id left out.</summary>
    public ImmutableArray<string> Marks { get; init; } = [];

    /// <summary>Whether GlusterFS has served it: it has more than what a new unit is given.</summary>
    public bool HasHandles { get; init; }

    /// <summary>Whether nothing was ever served from it: it is missing, or empty but for what making a unit leaves.</summary>
    public bool IsNew => Names.IsEmpty && Marks.IsEmpty && !HasHandles;

    /// <summary>Looks. A directory that is not there has nothing in it.</summary>
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

    /// <summary>Why a pool cannot have it without being told what to do about that: all reasons at once.</summary>
    /// <returns>Why; null where it can.</returns>
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

    // What PoolDirectories makes: the index's directory, empty, a mark and a label.
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

/// <summary>What is done with a directory that has something in it.</summary>
public enum ExistingContents
{
    /// <summary>The pool is not made.</summary>
    Refuse,

    /// <summary>It joins its own pool again, and is healed from the others.</summary>
    Adopt,

    /// <summary>Everything in it comes back as it was: the pool was deleted on all nodes.</summary>
    Restore,

    /// <summary>It is moved aside.</summary>
    Discard,
}
