using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>
/// Checks what overlays and options may not change in a graph: the directory that a unit serves, the addresses that clients
/// connect to, the names of marks. Otherwise an overlay could reach files outside of pools, or have copies mixed up.
/// </summary>
public static partial class GraphIntegrity
{
    private const int MaxName = 255;

    private static readonly string[] s_neededInUnits = ["features/locks", UnitVolfile.ServerType];

    /// <summary>Whether a text can be a translator's type: it becomes the path of a file that is loaded.</summary>
    public static bool IsType(string type) => TypeName().IsMatch(type);

    /// <summary>Checks a graph.</summary>
    /// <param name="volfile">The graph with all options.</param>
    /// <param name="kind">What kind of graph it is.</param>
    /// <param name="subject">What it was built for.</param>
    /// <exception cref="VolfileException">It is not what it must be; says what is wrong.</exception>
    public static void Require(Volfile volfile, string kind, GraphSubject subject)
    {
        ArgumentNullException.ThrowIfNull(volfile);
        foreach (Volume volume in volfile.Volumes)
        {
            Require(IsType(volume.Type), $"\"{volume.Type}\" is not a translator's type, which is of the form cluster/replicate");
            Require(volume.Name.Length is > 0 and <= MaxName &&
                !volume.Name.Any(character => char.IsControl(character) || character is ' ' or '"' or '\\'),
                $"\"{volume.Name}\" cannot be the name of a volume");
        }

        if (kind == GraphDocument.Unit)
        {
            RequireUnit(volfile, subject);
        }
        else
        {
            RequireClient(volfile, subject);
        }
    }

    private static void RequireUnit(Volfile volfile, GraphSubject subject)
    {
        (Pool pool, PoolUnit unit) = (subject.Pool, subject.Unit!.Unit);
        UnitIdentity identity = UnitVolfile.Identify(volfile);
        Require(identity.Directory == unit.Path, $"{identity.Posix.Name} would serve {identity.Directory}, not {unit.Path}");
        Require(identity.VolumeId == pool.Id, $"{identity.Posix.Name} would be of the volume {identity.VolumeId}, not {pool.Id}");
        Require(volfile.Volumes[0] == identity.Posix, $"{volfile.Volumes[0].Name} lies below {identity.Posix.Name}");
        Require(volfile.Volumes.Skip(1).All(volume => volume.Subvolumes.Length == 1), "a layer of a unit has one other below it");
        Require(volfile.Find(unit.Path) is not null, $"no volume is called {unit.Path}, which clients ask for");
        string? missing = s_neededInUnits.FirstOrDefault(type => !volfile.OfType(type).Any());
        Require(missing is null, $"there is no {missing}, without which clients cannot use a unit");
        Require(volfile.OfType(UnitVolfile.IndexType).Any() || !pool.CanHeal || subject.Unit!.Role == UnitRole.TieBreaker,
            $"there is no {UnitVolfile.IndexType}, without which nothing is healed");
        Require(volfile.OfType(UnitVolfile.IndexType).All(index => index["index-base"] == $"{unit.Path}/.glusterfs/indices"),
            "the index would not be in the unit");
    }

    private static void RequireClient(Volfile volfile, GraphSubject subject)
    {
        Pool pool = subject.Pool;
        Volume? local = volfile.Volumes.FirstOrDefault(
            volume => volume.Type.StartsWith("storage/", StringComparison.Ordinal) || volume.Type is UnitVolfile.ServerType);
        Require(local is null, $"a client has no {local?.Type}");
        foreach (PoolMember member in pool.Units)
        {
            string name = NameOf(pool, member.Role == UnitRole.TieBreaker ? "ta" : "client", member.Number);
            Volume connection = volfile.Find(name) is { Type: "protocol/client" } found
                ? found
                : throw new VolfileException(0, $"there is no connection {name} to {member.Unit.Address}");
            string host = subject.Hosts.GetValueOrDefault(member.Unit.Node.Name, member.Unit.Node.Name);
            Require(connection["remote-subvolume"] == member.Unit.Path && connection["remote-host"] == host &&
                connection["remote-port"] == member.Unit.Port.ToString(CultureInfo.InvariantCulture),
                $"{name} would go to " +
                $"{connection["remote-host"]}:{connection["remote-port"]}:{connection["remote-subvolume"]}, not to " +
                $"{host}:{member.Unit.Port}:{member.Unit.Path}");
        }

        Require(volfile.OfType("protocol/client").Count() == pool.Units.Count(), "there are more connections than units");
        for (int place = 0; place < pool.Groups.Length; place++)
        {
            RequireGroup(volfile, pool, place);
        }
    }

    private static void RequireGroup(Volfile volfile, Pool pool, int place)
    {
        DistributeGroup group = pool.Groups[place];
        if (group.Kind == GroupKind.Distribute)
        {
            return;
        }

        string type = group.Kind == GroupKind.Disperse ? "cluster/disperse" : "cluster/replicate";
        string name = NameOf(pool, group.Kind == GroupKind.Disperse ? "disperse" : "replicate", group.Number ?? place);
        Volume volume = volfile.Find(name) is { } found && found.Type == type
            ? found
            : throw new VolfileException(0, $"there is no {type} {name} over group {place + 1}");
        if (group.Kind == GroupKind.Disperse)
        {
            Require(volume["redundancy"] == group.Redundancy.ToString(CultureInfo.InvariantCulture),
                $"{name} would have the redundancy {volume["redundancy"]}, not {group.Redundancy}");
            return;
        }

        ImmutableArray<string> marks =
            [.. pool.Members.Where(member => member.Group == place).Select(member => NameOf(pool, "client", member.Number))];
        string expected = string.Join(',', pool.TieBreaker is null ? marks : marks.Add($"{pool.Id}-ta"));
        Require(volume["afr-pending-xattr"] == expected,
            $"{name} would mark what is to be healed for {volume["afr-pending-xattr"]}, not for {expected}");
        Require(volume["volume-id"] == pool.Id.ToString(), $"{name} would be of the volume {volume["volume-id"]}, not {pool.Id}");
        Require((volume["arbiter-count"] ?? "0") == (group.Kind == GroupKind.Arbiter ? "1" : "0"),
            $"{name} would have {volume["arbiter-count"] ?? "no"} arbiters");
    }

    private static string NameOf(Pool pool, string what, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{pool.Layers?.Name ?? pool.Name}-{what}-{number}");

    private static void Require(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new VolfileException(0, otherwise);
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}/[a-z0-9][a-z0-9_-]{0,63}\\z")]
    private static partial Regex TypeName();
}
