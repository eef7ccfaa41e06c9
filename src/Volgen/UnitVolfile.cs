using System.Collections.Immutable;

namespace KadaluFsd.Volgen;

/// <summary>
/// What a storage unit reads from its volfile, and the changes that it makes before the graph is built. Pure functions.
/// </summary>
public static class UnitVolfile
{
    /// <summary>The translator on top of every storage unit's graph.</summary>
    public const string ServerType = "protocol/server";

    /// <summary>The translator at the bottom.</summary>
    public const string PosixType = "storage/posix";

    /// <summary>The translator that makes a unit a tie-breaker.</summary>
    public const string ThinArbiterType = "features/thin-arbiter";

    /// <summary>The translator that indexes what has to be healed.</summary>
    public const string IndexType = "features/index";

    // Its option with the marks of a mirror that it indexes.
    private const string PendingMarks = "xattrop-pending-watchlist";

    /// <summary>The translator that keeps clients inside the unit's directory.</summary>
    public const string GuardType = "kadalu/guard";

    /// <summary>The translator that copies the marks of a directory to what is moved out of it.</summary>
    public const string MovesType = "kadalu/moves";

    /// <summary>The translator that records the directories that are being changed.</summary>
    public const string RecentType = "kadalu/recent";

    /// <summary>Our own translators, which every unit adds to its graph.</summary>
    public static readonly ImmutableArray<string> OwnTypes = [GuardType, MovesType, RecentType];

    /// <summary>The option of storage/posix with the interval of its health check, in seconds; 0 for none.</summary>
    public const string HealthCheckInterval = "health-check-interval";

    // All options that say where protocol/server listens (rpc-transport/socket/src/socket.c and name.c, with the old spellings).
    private static readonly string[] s_listenOptions =
    [
        "transport-type", "transport.address-family", "address-family", "transport.socket.listen-port", "listen-port",
        "transport.socket.listen-path", "listen-path", "transport.socket.bind-address", "bind-address",
        "transport.socket.bind-path", "bind-path",
    ];

    /// <summary>Checks that a volfile is a storage unit's.</summary>
    /// <returns>Its server, its posix volume, and the directory and volume id set there.</returns>
    /// <exception cref="VolfileException">It is not, or an option is missing or has no sensible value.</exception>
    public static UnitIdentity Identify(Volfile volfile)
    {
        Volume server = volfile.Top;
        if (server.Type != ServerType)
        {
            throw new VolfileException(
                server.Line.Number,
                $"the top volume {server.Name} is a {server.Type}: a storage unit's volfile ends with a {ServerType}");
        }

        if (server.Subvolumes.Length != 1)
        {
            throw new VolfileException(
                server.Line.Number,
                $"volume {server.Name} has {server.Subvolumes.Length} subvolumes; a storage unit serves exactly one");
        }

        Volume[] posix = [.. volfile.OfType(PosixType)];
        if (posix.Length != 1)
        {
            throw new VolfileException(0, $"{posix.Length} volumes of type {PosixType}; a storage unit has exactly one");
        }

        int line = posix[0].Line.Number;
        string directory = posix[0]["directory"]
            ?? throw new VolfileException(line, $"volume {posix[0].Name} has no option directory");
        if (!directory.StartsWith('/'))
        {
            throw new VolfileException(line, $"option directory {directory} is not an absolute path");
        }

        string text = posix[0]["volume-id"]
            ?? throw new VolfileException(line, $"volume {posix[0].Name} has no option volume-id");
        return Guid.TryParseExact(text, "D", out Guid volumeId)
            ? new UnitIdentity(server, posix[0], directory, volumeId)
            : throw new VolfileException(line, $"option volume-id {text} is not a UUID");
    }

    /// <summary>Makes the server listen on a unix socket instead of the network.</summary>
    /// <param name="volfile">A storage unit's volfile.</param>
    /// <param name="path">The socket's path, at most 107 bytes.</param>
    /// <returns>The changed volfile; other options are unchanged.</returns>
    public static Volfile ListenPrivately(Volfile volfile, string path)
    {
        Volume server = volfile.Top;
        Volume changed = s_listenOptions.Aggregate(server, (volume, key) => volume.Without(key))
            .With("transport-type", "tcp")
            .With("transport.address-family", "unix")
            .With("transport.socket.listen-path", path);
        return volfile.Replace(server, changed);
    }

    /// <summary>
    /// Switches off the health check of storage/posix, which ends the process at the first failure, and reports a
    /// failed disk when the system has no AIO contexts left.
    /// </summary>
    /// <param name="volfile">A storage unit's volfile.</param>
    public static Volfile WithoutHealthCheck(Volfile volfile)
    {
        Volume posix = volfile.OfType(PosixType).Single();
        return volfile.Replace(posix, posix.With(HealthCheckInterval, "0"));
    }

    /// <summary>Adds our own translators.</summary>
    /// <param name="volfile">A storage unit's volfile.</param>
    /// <exception cref="VolfileException">It has one of them already.</exception>
    public static Volfile WithOwnTranslators(Volfile volfile)
    {
        if (OwnTypes.SelectMany(volfile.OfType).FirstOrDefault() is { } present)
        {
            throw new VolfileException(
                present.Line.Number, $"volume {present.Name} is a {present.Type}, which every unit puts into its graph itself");
        }

        return Guard(CarryMarks(NoteChanges(volfile)));
    }

    // Directly above storage/posix, where it checks what is on disk; and below the volume that is served, where it keeps names
    // that lead elsewhere from the translators in between.
    private static Volfile Guard(Volfile volfile)
    {
        Volume posix = volfile.OfType(PosixType).Single();
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

    // Above the index of a mirror.
    private static Volfile CarryMarks(Volfile volfile) => HasIndex(volfile, index => index[PendingMarks] is not null)
        ? InsertBelow(
            volfile, volfile.Top.Subvolumes[0],
            new Volume(FreeName(volfile, volfile.OfType(PosixType).Single().Name + "-moves"), MovesType))
        : volfile;

    // Where there are other copies or fragments of the same files.
    private static Volfile NoteChanges(Volfile volfile)
    {
        Volume posix = volfile.OfType(PosixType).Single();
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
        volfile.OfType(IndexType).Any(index => index.Name != volfile.Top.Subvolumes[0] && isMeant(index));

    /// <summary>Whether an option is one that units set themselves, whatever the volfile says.</summary>
    public static bool IsSetByTheUnit(string type, string key) =>
        (type == ServerType && s_listenOptions.Contains(key)) ||
        (type == PosixType && key == HealthCheckInterval) || OwnTypes.Contains(type);

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

/// <summary>The unit as its volfile identifies it.</summary>
/// <param name="Server">The <c>protocol/server</c> on top.</param>
/// <param name="Posix">The <c>storage/posix</c> at the bottom.</param>
/// <param name="Directory">The unit's directory, absolute.</param>
/// <param name="VolumeId">The id that the directory must carry.</param>
public sealed record UnitIdentity(Volume Server, Volume Posix, string Directory, Guid VolumeId);
