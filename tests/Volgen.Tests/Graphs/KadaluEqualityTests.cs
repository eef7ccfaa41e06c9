using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Pools;
using KadaluFsd.Volgen.Tests.Pools;

namespace KadaluFsd.Volgen.Tests.Graphs;

/// <summary>Our graphs are Kadalu's, apart from what stands here.</summary>
public class KadaluEqualityTests
{
    // Layer, option (null for the whole layer), reason.
    private static readonly (string Type, string? Option, string Reason)[] s_notInOurs =
    [
        ("features/simple-quota", null, "GlusterFS 10 does not have it"),
        ("features/upcall", "cache-invalidation-timeout", "60 is its default"),
        ("features/barrier", null, "for snapshots of volumes, taken by glusterd"),
        ("features/access-control", "super-uid", "0 is its default"),
        ("features/index", "xattrop64-watchlist", "only dispersed files have that attribute"),
        ("features/index", "xattrop-dirty-watchlist", "only mirrored files have that attribute"),
        ("features/index", "xattrop-pending-watchlist", "only mirrored files have that attribute"),
        ("cluster/disperse", "data-self-heal", "of cluster/replicate: not known here"),
        ("cluster/disperse", "granular-entry-heal", "as above"),
        ("cluster/disperse", "metadata-self-heal", "as above"),
        ("cluster/disperse", "entry-self-heal", "as above"),
        ("cluster/disperse", "read-hash-mode", "as above"),
        ("cluster/disperse", "afr-pending-xattr", "as above"),
        ("cluster/disperse", "choose-local", "as above"),
        ("cluster/disperse", "ensure-durability", "as above"),
        ("cluster/disperse", "data-change-log", "as above"),
        ("cluster/disperse", "iam-self-heal-daemon", "off is its default"),
        ("protocol/server", "auth.login.*.ssl-allow", "without TLS nobody has a name to allow"),
        ("protocol/server", "volspec-directory", "ours to know, and a warning in stock GlusterFS 10"),
        ("protocol/server", "listen-port", "under its full name, which stock GlusterFS 10 knows"),
    ];

    // Layer, option, its value (null for any), reason. A value that Kadalu's has as well is one that differs.
    private static readonly (string Type, string Option, string? Value, string Reason)[] s_onlyInOurs =
    [
        ("protocol/server", "transport.socket.listen-port", null, "listen-port by its full name"),
        ("storage/posix", "glusterd-uuid", null, "an argument of the process in Kadalu"),
        ("protocol/client", "ping-timeout", "10",
            "without it GlusterFS 10 never pings, and a unit that hangs holds up every client for as long as it hangs; " +
            "glusterd's 42 s is longer than most programs wait"),
        ("cluster/replicate", "use-anonymous-inode", "yes",
            "a directory that is moved while a unit is away is moved there too when it is back, instead of being made anew " +
            "and empty; glusterd always has it"),
        ("cluster/replicate", "volume-id", SamplePools.IdText, "names the directory in which the heal keeps what is being moved"),
        ("cluster/distribute", "lookup-optimize", "off",
            "its default is on, and with a hash that no rebalance has set anew files are not found after a group has been added"),
        ("cluster/replicate", "heal-timeout", "60",
            "a change that one of several connected units missed wakes nobody, and what a heal has moved out of the way is a " +
            "further link of its file until the next look: a minute, instead of ten"),
        ("cluster/disperse", "heal-timeout", "60", "as above"),
        ("cluster/replicate", "entry-self-heal", "off",
            "in clients: of several hard links that were removed while a unit was away, a client's heal leaves some; the " +
            "self-heal daemon's has a mend for that"),
        ("features/changelog", "changelog", "off", "its default, by the pool option"),
        ("performance/io-threads", "pass-through", "off", "in clients: its default, by the pool option"),
    ];

    // Layer, reason. The layer above it is above what is below it in Kadalu's.
    private static readonly (string Type, string Reason)[] s_layersOnlyInOurs =
    [
        ("cluster/distribute",
            "Kadalu's comes with the second group, and does not know the directories that were made before: they are hidden, " +
            "and some are left when they are removed"),
        ("features/worm", "off, and there so that it can be switched on without a restart"),
        ("features/read-only", "as above"),
        ("features/selinux", "as above"),
    ];

    public static TheoryData<string> Kinds => [.. SamplePools.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Client_graphs_are_Kadalus(string kind)
    {
        Pool pool = SamplePools.Of(kind);
        AssertSame(
            KadaluGraphs.Client(pool), GraphBuilder.Build(GraphDocument.Default(GraphDocument.Client), new GraphSubject(pool)),
            keepIndexFor: null);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Heal_daemons_graphs_are_Kadalus(string kind)
    {
        Pool pool = SamplePools.Of(kind);
        if (pool.Groups[0].Kind != GroupKind.Distribute)
        {
            AssertSame(
                KadaluGraphs.HealDaemon(pool),
                GraphBuilder.Build(GraphDocument.Default(GraphDocument.HealDaemon), new GraphSubject(pool)), keepIndexFor: null);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Units_graphs_are_Kadalus(string kind)
    {
        Pool pool = SamplePools.Of(kind);
        Assert.All(pool.Members, member => AssertSame(
            KadaluGraphs.Unit(pool, member),
            GraphBuilder.Build(GraphDocument.Default(GraphDocument.Unit), new GraphSubject(pool) { Unit = member }),
            pool.Groups[0].Kind));
    }

    [Fact]
    public void Every_difference_that_stands_here_is_there()
    {
        Volume[] ours =
            [.. SamplePools.Kinds.Keys.Select(SamplePools.Of)
                .SelectMany(pool => new[] { GraphDocument.Client, GraphDocument.HealDaemon, GraphDocument.Unit }
            .Where(kind => kind != GraphDocument.HealDaemon || pool.CanHeal)
            .Select(kind => GraphBuilder.Build(
                GraphDocument.Default(kind),
                new GraphSubject(
                    pool.SelectUnits(unit => unit with { Node = unit.Node with { Id = "id" } })) { Unit =
                        kind == GraphDocument.Unit ? pool.Members.First() with {
                            Unit = pool.Members.First().Unit with { Node = new PoolNode("server1", "id") } } : null })))
            .SelectMany(graph => graph.Volumes)];
        Assert.All(s_onlyInOurs, entry =>
            Assert.Contains(ours, volume => OwnValue(volume, entry.Option) is not null && volume.Type == entry.Type));
        Assert.All(s_layersOnlyInOurs, entry =>
            Assert.Contains(ours, volume => volume.Type == entry.Type && volume.Subvolumes.Length == 1));
    }

    [Fact]
    public void What_stands_here_as_Kadalus_is_what_its_manager_made()
    {
        Pool pool = SamplePools.Of("replica 3");
        Assert.Equal(Shape(KadaluGraphs.Client(pool)), Shape(Sample("client.vol")));
        Assert.Equal(Shape(KadaluGraphs.HealDaemon(pool)), Shape(Sample("heal-daemon.vol")));
        PoolMember first = pool.Members.First();
        Assert.Equal(
            Shape(KadaluGraphs.Unit(pool, first with { Unit = first.Unit with { Port = 49253 } })), Shape(Sample("unit.vol")));
        Assert.Equal(
            Shape(KadaluGraphs.Unit(pool, new PoolMember(first.Unit with { Port = 49253 }, 0, 0, UnitRole.Arbiter))),
            Shape(Sample("arbiter-unit.vol")));
    }

    private static void AssertSame(List<Volume> kadalu, Volfile ours, GroupKind? keepIndexFor)
    {
        var expected = kadalu.ToList();
        foreach (Volume volume in kadalu.Where(volume => IsLeftOut(volume, null, keepIndexFor)))
        {
            expected.Remove(expected.Single(other => other.Name == volume.Name));
            expected = [.. expected.Select(other => other with
            {
                Subvolumes =
                    [.. other.Subvolumes.SelectMany(
                        name => name == volume.Name ? Below(volume.Name, kadalu, keepIndexFor) : [name])],
            })];
        }

        expected =
            [.. expected.Select(
                volume =>
                    volume with { Options = [.. volume.Options.Where(option => !IsLeftOut(volume, option.Key, keepIndexFor))] })];
        foreach (
            Volume layer in ours.Volumes.Where(layer =>
                s_layersOnlyInOurs.Any(entry => entry.Type == layer.Type) && expected.All(volume => volume.Type != layer.Type)))
        {
            string below = Assert.Single(ours.Find(layer.Name)!.Subvolumes);
            ours = ours with
            {
                Volumes = [.. ours.Volumes.Where(volume => volume.Name != layer.Name).Select(volume => volume with
                {
                    Subvolumes = [.. volume.Subvolumes.Select(name => name == layer.Name ? below : name)],
                })],
            };
        }

        expected =
            [.. expected.Select(
                volume => volume with {
                    Options = [.. volume.Options.Where(option => OwnValue(ours.Find(volume.Name), option.Key) is null)] })];
        IEnumerable<Volume> actual = ours.Volumes.Select(
            volume => volume with { Options = [.. volume.Options.Where(option => OwnValue(volume, option.Key) is null)] });
        Assert.Equal(Shape(expected.Select(WithOurTieBreaker)), Shape(actual));
    }

    // glfsheal knows a tie-breaker's connection, which holds nothing that it could list, by "-ta-" in its name.
    private static Volume WithOurTieBreaker(Volume volume)
    {
        static string Ours(string name) => name == $"{SamplePools.Id}-ta" ? "pool2-ta-4" : name;
        return volume with { Name = Ours(volume.Name), Subvolumes = [.. volume.Subvolumes.Select(Ours)] };
    }

    // The value of an option that ours alone has, or has otherwise than Kadalu's, as it is listed.
    private static string? OwnValue(Volume? volume, string option) =>
        s_onlyInOurs.Where(
            entry => entry.Type == volume?.Type && entry.Option == option &&
            (entry.Value ?? volume[option]) == volume[option]).Select(_ => volume![option]).FirstOrDefault();

    // What takes the place of a layer that is left out: the next one below it that is not.
    private static IEnumerable<string> Below(string name, List<Volume> graph, GroupKind? kind) =>
        graph.Single(volume => volume.Name == name).Subvolumes.SelectMany(
            below => IsLeftOut(graph.Single(volume => volume.Name == below), null, kind) ? Below(below, graph, kind) : [below]);

    private static bool IsLeftOut(Volume volume, string? option, GroupKind? kind) => (volume.Type, option) switch
    {
        // Files that are in one place only have nothing to heal.
        ("features/index", null) => kind == GroupKind.Distribute,
        ("features/index", "xattrop64-watchlist") => kind != GroupKind.Disperse,
        ("features/index", "xattrop-dirty-watchlist" or "xattrop-pending-watchlist") => kind == GroupKind.Disperse,
        ("cluster/disperse", "iam-self-heal-daemon") => volume[option] == "off",
        _ =>
            s_notInOurs.Any(
                entry => entry.Type == volume.Type &&
                (entry.Option == option || (option is not null && entry.Option?.Split('*') is [var start, var end] &&
            option.StartsWith(start, StringComparison.Ordinal) && option.EndsWith(end, StringComparison.Ordinal)))),
    };

    private static System.Collections.Immutable.ImmutableArray<Volume> Sample(string name) =>
        VolfileParser.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", "kadalu", name))).Volumes;

    private static string[] Shape(IEnumerable<Volume> volumes) =>
        [.. volumes.Select(
            volume =>
                $"{volume.Name} {volume.Type} " +
                $"({string.Join("; ", volume.Options.Select(option => $"{option.Key} {option.Value}"))}) over " +
                $"{string.Join(' ', volume.Subvolumes)}")];
}
