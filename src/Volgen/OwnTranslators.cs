using System.Collections.Immutable;

namespace KadaluFsd.Volgen;

/// <summary>Our own translators, which every unit adds to its graph.</summary>
public static class OwnTranslators
{
    // The option of features/index with the marks of a mirror that it indexes.
    private const string PendingMarks = "xattrop-pending-watchlist";

    /// <summary>The translator that keeps clients inside the unit's directory.</summary>
    public const string GuardType = "kadalu/guard";

    /// <summary>
    /// The translator that copies the marks of a directory to what is moved out of it, and finds directories by their gfids while they are
    /// moved.
    /// </summary>
    public const string MovesType = "kadalu/moves";

    /// <summary>The translator that records the directories that are being changed.</summary>
    public const string RecentType = "kadalu/recent";

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> Types = [GuardType, MovesType, RecentType];

    /// <summary>Adds them.</summary>
    /// <param name="volfile">A storage unit's volfile.</param>
    /// <exception cref="VolfileException">It has one of them already.</exception>
    public static Volfile AddTo(Volfile volfile)
    {
        if (Types.SelectMany(volfile.OfType).FirstOrDefault() is { } present)
        {
            throw new VolfileException(
                present.Line.Number, $"volume {present.Name} is a {present.Type}, which every unit puts into its graph itself");
        }

        return Guard(WatchMoves(NoteChanges(volfile)));
    }

    // Directly above storage/posix, where it checks what is on disk; and below the volume that is served, where it keeps names
    // that lead elsewhere from the translators in between.
    private static Volfile Guard(Volfile volfile)
    {
        Volume posix = volfile.OfType(UnitVolfile.PosixType).Single();
        Volume served = volfile.Find(volfile.Top.Subvolumes[0])!;
        var guard = new Volume(FreeName(volfile, posix.Name + "-guard"), GuardType)
        {
            Options = [new VolfileOption("directory", posix["directory"]!, IsQuoted: true)],
            Subvolumes = [posix.Name],
            Preamble = "\n",
        };
        if (served == posix)
        {
            // Clients attach to the served volume by its name.
            Volume renamed = posix with { Name = guard.Name };
            return Insert(
                volfile.Replace(posix, renamed), renamed, guard with { Name = posix.Name, Subvolumes = [renamed.Name] });
        }

        volfile = Insert(Above(volfile, posix.Name, guard.Name), posix, guard);
        return InsertBelow(volfile, served.Name, new Volume(FreeName(volfile, posix.Name + "-names"), GuardType));
    }

    // Above the index, where there is one; only a mirror's has marks.
    private static Volfile WatchMoves(Volfile volfile)
    {
        Volume posix = volfile.OfType(UnitVolfile.PosixType).Single();
        bool hasMarks = HasIndex(volfile, index => index[PendingMarks] is not null);
        return volfile.Top.Subvolumes[0] == posix.Name
            ? volfile
            : InsertBelow(
                volfile, volfile.Top.Subvolumes[0],
                new Volume(FreeName(volfile, posix.Name + "-moves"), MovesType)
                {
                    Options = hasMarks ? [] : [new VolfileOption("marks", "off", IsQuoted: false)],
                });
    }

    // Where there are other copies or fragments of the same files.
    private static Volfile NoteChanges(Volfile volfile)
    {
        Volume posix = volfile.OfType(UnitVolfile.PosixType).Single();
        return HasIndex(volfile, _ => true)
            ? InsertBelow(
                volfile, volfile.Top.Subvolumes[0],
                new Volume(FreeName(volfile, posix.Name + "-recent"), RecentType)
                {
                    Options = [new VolfileOption("directory", posix["directory"]!, IsQuoted: true)]
                })
            : volfile;
    }

    private static bool HasIndex(Volfile volfile, Func<Volume, bool> isMeant) =>
        volfile.OfType(UnitVolfile.IndexType).Any(index => index.Name != volfile.Top.Subvolumes[0] && isMeant(index));

    private static string FreeName(Volfile volfile, string name) =>
        volfile.Find(name) is null ? name : FreeName(volfile, name + "-");

    // Moves what was above one volume above another one.
    private static Volfile Above(Volfile volfile, string below, string other) => volfile with
    {
        Volumes =
            [.. volfile.Volumes.Select(
                volume => volume with { Subvolumes = [.. volume.Subvolumes.Select(name => name == below ? other : name)] })],
    };

    // Nothing if a volume has several subvolumes: no manager writes that.
    private static Volfile InsertBelow(Volfile volfile, string above, Volume added)
    {
        Volume upper = volfile.Find(above)!;
        if (upper.Subvolumes.Length != 1)
        {
            return volfile;
        }

        added = added with { Subvolumes = upper.Subvolumes, Preamble = "\n" };
        volfile = volfile.Replace(upper, upper with { Subvolumes = [added.Name] });
        return Insert(volfile, volfile.Find(added.Subvolumes[0])!, added);
    }

    private static Volfile Insert(Volfile volfile, Volume after, Volume added) =>
        volfile with { Volumes = volfile.Volumes.Insert(volfile.Volumes.IndexOf(volfile.Find(after.Name)!) + 1, added) };
}
