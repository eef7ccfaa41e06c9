using System.Globalization;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Storage;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Generates the volfiles of pools, and keeps them on disk.</summary>
/// <param name="isInstalled">Whether a translator, given by type, is installed.</param>
public sealed class PoolVolfiles(PoolPaths paths, Func<string, bool> isInstalled)
{
    private const int MaxOverlay = 1024 * 1024;

    private readonly Dictionary<string, GraphDocument> _documents = [];
    private readonly HashSet<string> _warnings = [];

    /// <summary>Warnings about layers that were left out.</summary>
    public IReadOnlyCollection<string> Warnings => _warnings;

    /// <summary>Which of them came up just now.</summary>
    internal TriedGraphs Tried { get; } = new(paths);

    /// <summary>Every volfile of a pool that this node needs, by key: the clients', its units', its self-heal daemon's.</summary>
    /// <exception cref="CommandException">An overlay or its result cannot be used.</exception>
    public Dictionary<string, string> Generate(Pool pool, ThisNode node)
    {
        var texts = new Dictionary<string, string> { [pool.Name] = Build(GraphDocument.Client, new GraphSubject(pool)) };
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            texts[member.Unit.Key(pool.Name)] = Build(GraphDocument.Unit, new GraphSubject(pool) { Unit = member });
        }

        if (pool.CanHeal)
        {
            texts[PoolPaths.HealDaemonKey(pool)] = Build(GraphDocument.HealDaemon, new GraphSubject(pool));
        }

        return texts;
    }

    /// <summary>One graph of each kind that the pool has, by description: one unit stands for all that are like it.</summary>
    /// <exception cref="CommandException">An overlay or its result cannot be used.</exception>
    public Dictionary<string, string> GenerateKinds(Pool pool)
    {
        // The revision of the definition makes no difference to the graph.
        pool = pool with { Revision = 0 };
        var texts = new Dictionary<string, string>
        {
            ["the clients' graph"] = Build(GraphDocument.Client, new GraphSubject(pool)),
            ["the graph for moving files between groups"] = Build(GraphDocument.Rebalance, new GraphSubject(pool)),
        };
        if (pool.CanHeal)
        {
            texts["the self-heal daemon's graph"] = Build(GraphDocument.HealDaemon, new GraphSubject(pool));
        }

        IEnumerable<PoolMember> kinds = pool.Units
            .GroupBy(member => (member.Role, PoolOptions.FindOwn(pool, member.Unit))).Select(alike => alike.First());
        foreach (PoolMember member in kinds)
        {
            texts[$"the graph of {member.Unit.Address}"] = Build(GraphDocument.Unit, new GraphSubject(pool) { Unit = member });
        }

        return texts;
    }

    /// <summary>Builds one volfile of a pool.</summary>
    /// <param name="kind">One of <see cref="GraphDocument.Kinds"/>.</param>
    /// <exception cref="CommandException">An overlay or its result cannot be used.</exception>
    public string Build(string kind, GraphSubject subject)
    {
        try
        {
            (Volfile volfile, IReadOnlyList<Volume> removed) = InstalledLayers.RemoveMissing(
                PoolOptions.Apply(GraphBuilder.Build(DocumentOf(kind), subject), kind, subject.Pool, subject.Unit?.Unit),
                isInstalled);
            GraphIntegrity.Require(volfile, kind, subject);
            _warnings.UnionWith(
                removed.Select(
                    volume => $"{volume.Type} is not installed here: the {kind} graph of {subject.Pool.Name} goes without"));
            string text =
                (kind == GraphDocument.Unit ? PoolRevision.Of(subject.Pool)?.ToComment() : null) + VolfilePrinter.Print(volfile);

            // An overlay or an option may have made it invalid.
            _ = VolfileParser.Parse(text);
            return text;
        }
        catch (Exception exception)
            when (exception is GraphDocumentException or VolfileException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.PoolRefused, $"the {kind} graph of {subject.Pool.Name}: {exception.Message}");
        }
    }

    /// <summary>The volume of a unit in the graphs of its clients.</summary>
    /// <returns>The name of its protocol/client volume.</returns>
    /// <exception cref="CommandException">The graph cannot be built, or an overlay has taken the unit out of it.</exception>
    public string ClientNameOf(Pool pool, PoolUnit unit) =>
        VolfileParser.Parse(Build(GraphDocument.HealDaemon, new GraphSubject(pool))).OfType(HealVolfile.ClientType)
        .FirstOrDefault(
            client => client["remote-host"] == unit.Node.Name && client["remote-subvolume"] == unit.Path &&
            client["remote-port"] == unit.Port.ToString(CultureInfo.InvariantCulture))?.Name
        ?? throw new CommandException(
            ExitCode.PoolRefused, $"the {GraphDocument.HealDaemon} graph of {pool.Name} has no {unit.Address}");

    /// <summary>The keys of those volfiles. Independent of overlays.</summary>
    public static IEnumerable<string> KeysOf(Pool pool, ThisNode node) =>
        [pool.Name, .. node.UnitsOf(pool).Select(member => member.Unit.Key(pool.Name)), PoolPaths.HealDaemonKey(pool)];

    /// <summary>Whether the volfiles on disk are up to date.</summary>
    /// <param name="texts">The texts by key.</param>
    /// <returns>False also if one cannot be read.</returns>
    public bool AreOnDisk(IReadOnlyDictionary<string, string> texts)
    {
        try
        {
            return texts.All(
                text => File.Exists(paths.Volfile(text.Key)) && File.ReadAllText(paths.Volfile(text.Key)) == text.Value);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads a volfile that is on disk.</summary>
    /// <returns>Null where there is none that is valid.</returns>
    public string? TryRead(string key)
    {
        try
        {
            string text = File.ReadAllText(paths.Volfile(key));
            _ = VolfileParser.Parse(text);
            return text;
        }
        catch (Exception exception) when (exception is VolfileException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes the volfiles that are not up to date, each atomically.</summary>
    /// <param name="texts">The texts by key.</param>
    /// <exception cref="CommandException">One cannot be written.</exception>
    public void Write(IReadOnlyDictionary<string, string> texts)
    {
        foreach ((string key, string text) in texts)
        {
            string path = paths.Volfile(key);
            try
            {
                if (!File.Exists(path) || File.ReadAllText(path) != text)
                {
                    AtomicFile.Put(path, Encoding.UTF8.GetBytes(text), FileModes.Secret);
                    FaultPoint.Pass("a volfile is written");
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new CommandException(ExitCode.PoolRefused, $"{path}: {exception.Message}");
            }
        }
    }

    /// <summary>Deletes the volfiles of a pool.</summary>
    public void Delete(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            if (Directory.Exists(paths.Volfiles))
            {
                File.Delete(paths.Volfile(key));
                File.Delete(UnitRecord.PathFor(paths.Volfile(key)));
                AtomicFile.RemoveLeftovers(paths.Volfile(key));
            }

            FaultPoint.Pass("a volfile is deleted");
        }
    }

    private GraphDocument DocumentOf(string kind)
    {
        if (!_documents.TryGetValue(kind, out GraphDocument? document))
        {
            document = ReadOverlays().Where(overlay => overlay.Graph == kind)
                .Aggregate(GraphDocument.Default(kind), (changed, overlay) => overlay.Apply(changed));
            _documents[kind] = document;
        }

        return document;
    }

    /// <summary>Whether there are overlays.</summary>
    public bool HasOverlays =>
        Directory.Exists(paths.Overlays) && Directory.EnumerateFileSystemEntries(paths.Overlays, "*.json").Any();

    private IEnumerable<GraphOverlay> ReadOverlays() => !Directory.Exists(paths.Overlays)
        ? []
        : Directory.GetFileSystemEntries(paths.Overlays, "*.json").Order(StringComparer.Ordinal).Select(ReadOverlay);

    // Neither a pipe nor a device may be read.
    private static GraphOverlay ReadOverlay(string path) => FileStatus.Read(path, out FileStatus status) switch
    {
        Errno.None when !status.IsRegular => throw new GraphDocumentException(path, "not a file"),
        Errno.None when new FileInfo(path).Length > MaxOverlay =>
            throw new GraphDocumentException(path, $"longer than {MaxOverlay} bytes"),
        Errno.None => GraphOverlay.Parse(path, File.ReadAllBytes(path)),
        Errno error => throw new GraphDocumentException(path, $"cannot be read: {error}"),
    };
}
