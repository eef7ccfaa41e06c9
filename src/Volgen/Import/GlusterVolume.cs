using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Import;

/// <summary>A volume of glusterd, as <c>gluster volume info --xml</c> describes it (cli/src/cli-xml-output.c).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id, which its bricks carry.</param>
/// <param name="IsStarted">Whether its bricks were served when glusterd wrote this.</param>
/// <param name="Groups">Its bricks, in groups.</param>
/// <param name="Options">Options that were set, or that glusterd sets for new volumes.</param>
public sealed record GlusterVolume(
    string Name, Guid Id, bool IsStarted, ImmutableArray<DistributeGroup> Groups,
    ImmutableSortedDictionary<string, string> Options)
{
    /// <summary>Longest document read, in bytes.</summary>
    public const int MaxLength = PoolDocument.MaxLength;

    // GF_CLUSTER_TYPE_* (rpc/xdr/src/cli1-xdr.x).
    private const int Distribute = 0;
    private const int MaxDepth = 100;
    private const int Replicate = 2;
    private const int Disperse = 4;

    // "Distributed-..." is the type, and this more.
    private const int Distributed = 5;
    private const int Started = 1;
    private const int Rdma = 1;

    // What holds in every pool anyway.
    private static readonly (string Name, string[] Values)[] s_usual =
        [("nfs.disable", ["on", "true", "1", "yes", "enable"])];

    /// <summary>Reads one of the volumes of a document.</summary>
    /// <param name="xml">The document.</param>
    /// <param name="name">The volume's name.</param>
    /// <exception cref="PoolException">It is not of that form, or cannot become a pool; says why.</exception>
    public static GlusterVolume Read(byte[] xml, string name)
    {
        XElement[] volumes = [.. Parse(xml).Descendants("volume")];
        return volumes.FirstOrDefault(volume => (string?)volume.Element("name") == name) is { } found ? Read(found)
            : throw new PoolException(
                volumes.Length == 0 ? "it describes no volume: it must be the output of gluster volume info NAME --xml"
                    : $"it does not describe a volume \"{Excerpt.Of(name)}\", but " +
                        string.Join(", ", volumes.Select(volume => (string?)volume.Element("name"))));
    }

    /// <summary>The pool that it becomes: with the same id, bricks and names on disks.</summary>
    /// <param name="nodes">Names of nodes for names of hosts that glusterd knows by others.</param>
    /// <param name="brickIds">
    /// What glusterd's own records call bricks, such as <c>vol1-client-4</c>, by <c>HOST:PATH</c>: marks of pending heals have these
    /// names. Where a brick has none it is counted.
    /// </param>
    /// <exception cref="PoolException">A brick is called by what is no name of this volume's.</exception>
    public Pool ToPool(IReadOnlyDictionary<string, string> nodes, IReadOnlyDictionary<string, string> brickIds)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(brickIds);
        int place = 0;
        var pool = new Pool(Name, Id)
        {
            Options = Options,
            Groups =
            [
                .. Groups.Select((group, number) => group with
                {
                    Number = number,
                    Units =
                    [
                        .. group.Units.Select(unit => unit with
                        {
                            Number = NumberOf(unit.Address, place++, brickIds),
                            Node = new PoolNode(nodes.GetValueOrDefault(unit.Node.Name, unit.Node.Name)),
                        }),
                    ],
                }),
            ],
        };
        int next = Math.Max(place, pool.Members.Max(member => member.Number) + 1);
        return pool with { Layers = new PoolLayers(Name, HasDistribute: true, next, Groups.Length) };
    }

    /// <summary>Options that no pool has: neither of these names, nor what holds in every pool anyway.</summary>
    /// <param name="pool">The pool that it becomes.</param>
    public string[] FindUnknown(Pool pool) =>
        [.. Options.Where(option => !IsUsual(option) && PoolOptions.CheckName(pool, option.Key) is not null)
            .Select(option => option.Key)];

    /// <summary>Whether an option says what holds in every pool anyway.</summary>
    public static bool IsUsual(KeyValuePair<string, string> option) =>
        s_usual.Any(usual => usual.Name == option.Key && usual.Values.Contains(option.Value, StringComparer.OrdinalIgnoreCase));

    private int NumberOf(string brick, int place, IReadOnlyDictionary<string, string> brickIds)
    {
        if (!brickIds.TryGetValue(brick, out string? id))
        {
            return place;
        }

        string prefix = $"{Name}-client-";
        return id.StartsWith(prefix, StringComparison.Ordinal) &&
            int.TryParse(id.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new PoolException($"glusterd calls {brick} \"{Excerpt.Of(id)}\", which is no name of a brick of {Name}");
    }

    private static XElement Parse(byte[] xml)
    {
        if (xml.Length > MaxLength)
        {
            throw new PoolException($"it is longer than {MaxLength} bytes");
        }

        try
        {
            RefuseDepth(xml);
            using XmlReader reader = ReaderOf(xml);
            XElement root = XElement.Load(reader);
            return root.Name != "cliOutput" ? throw new PoolException($"its root is <{root.Name}>, not <cliOutput>")
                : (string?)root.Element("opRet") is "0" ? root
                : throw new PoolException(
                    root.Element("opRet") is null ? "it does not say whether gluster has succeeded: it has no <opRet>"
                        : $"gluster has failed: {(string?)root.Element("opErrstr") ?? "it does not say why"}");
        }
        catch (XmlException) when (xml.AsSpan().IndexOf("<!DOCTYPE"u8) >= 0)
        {
            throw new PoolException("it has a document type (<!DOCTYPE), which gluster never writes");
        }
        catch (XmlException exception)
        {
            throw new PoolException($"it is not XML: {exception.Message}");
        }
    }

    // No document type: one could name files, or grow without end.
    private static XmlReader ReaderOf(byte[] xml) => XmlReader.Create(
        new MemoryStream(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });

    // Searching below each element takes as often as long as they are deep.
    private static void RefuseDepth(byte[] xml)
    {
        using XmlReader reader = ReaderOf(xml);
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth)
            {
                throw new PoolException($"its elements are more than {MaxDepth} deep");
            }
        }
    }

    private static GlusterVolume Read(XElement volume)
    {
        string name = Text(volume, "name");
        if (!Guid.TryParse(Text(volume, "id"), out Guid id))
        {
            throw new PoolException($"{name}: its id \"{Excerpt.Of(Text(volume, "id"))}\" is not a UUID");
        }

        if (Number(volume, "transport") == Rdma)
        {
            throw new PoolException(
                $"{name} has the transport rdma, and pools have tcp: gluster volume set {name} config.transport tcp, with the " +
                "volume stopped");
        }

        return new GlusterVolume(name, id, Number(volume, "status") == Started, ReadGroups(volume, name), ReadOptions(volume));
    }

    private static ImmutableArray<DistributeGroup> ReadGroups(XElement volume, string name)
    {
        PoolUnit[] bricks = [.. volume.Elements("bricks").Elements("brick").Select(ReadBrick)];
        bool[] arbiters =
            [.. volume.Elements("bricks").Elements("brick").Select(brick => (string?)brick.Element("isArbiter") is "1")];
        int count = Number(volume, "brickCount");
        if (count != bricks.Length)
        {
            throw new PoolException($"{name}: brickCount is {count}, and it has {bricks.Length} bricks");
        }

        int type = Number(volume, "type");
        int arbiterCount = Number(volume, "arbiterCount");
        (GroupKind kind, int size) = (type % Distributed) switch
        {
            Distribute => (GroupKind.Distribute, 1),
            Replicate => (arbiterCount > 0 ? GroupKind.Arbiter : GroupKind.Mirror, Number(volume, "replicaCount")),
            Disperse => (GroupKind.Disperse, Number(volume, "disperseCount")),
            _ => throw new PoolException($"{name}: volumes of type {Text(volume, "typeStr")} cannot become pools"),
        };
        if (volume.Elements("thinArbiterCount").Any(thin => (string)thin is not "0"))
        {
            throw new PoolException(NoThinArbiter(name));
        }

        if (size < 1 || bricks.Length == 0 || bricks.Length % size != 0)
        {
            throw new PoolException($"{name}: {bricks.Length} bricks cannot be put into groups of {size}");
        }

        // The last one of each group, here as there.
        if (arbiters.Where((isArbiter, place) => isArbiter != (kind == GroupKind.Arbiter && place % size == size - 1)).Any())
        {
            throw new PoolException($"{name}: arbiterCount is {arbiterCount}, and other bricks are arbiters");
        }

        int redundancy = kind == GroupKind.Disperse ? Number(volume, "redundancyCount") : 0;
        return
            [.. bricks.Chunk(size).Select(group => new DistributeGroup(kind, [.. group]) { Redundancy = redundancy })];
    }

    /// <summary>Why a volume with a thin arbiter cannot become a pool.</summary>
    public static string NoThinArbiter(string name) =>
        $"{name} has a thin arbiter, whose marks have other names than those of a pool's tie-breaker: copies that it calls bad " +
        "would count as good. Copy its files to a new pool";

    private static PoolUnit ReadBrick(XElement brick)
    {
        string address = (string?)brick.Element("name") ?? "";
        int path = address.IndexOf(":/", StringComparison.Ordinal);
        return path > 0 ? new PoolUnit(new PoolNode(address[..path]), address[(path + 1)..])
            : throw new PoolException($"\"{Excerpt.Of(address)}\" is not a brick, HOST:PATH");
    }

    private static ImmutableSortedDictionary<string, string> ReadOptions(XElement volume) =>
        volume.Elements("options").Elements("option")
            .DistinctBy(option => Text(option, "name"))
            .ToImmutableSortedDictionary(option => Text(option, "name"), option => Text(option, "value"), StringComparer.Ordinal);

    private static string Text(XElement parent, string name) => (string?)parent.Element(name) ??
        throw new PoolException($"<{parent.Name}> has no <{name}>");

    private static int Number(XElement parent, string name) =>
        int.TryParse(Text(parent, name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : throw new PoolException($"<{name}> is \"{Excerpt.Of(Text(parent, name))}\", not a number");
}
