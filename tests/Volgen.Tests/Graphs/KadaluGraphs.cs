using System.Globalization;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Tests.Graphs;

/// <summary>
/// The graphs that Kadalu Storage 1.x generates, written down layer by layer from what its manager made (samples/kadalu has four
/// of them as they were). Independent of this program's documents.
/// </summary>
internal static class KadaluGraphs
{
    internal static List<Volume> Client(Pool pool)
    {
        List<Volume> graph = [.. Connections(pool)];
        List<string> tops = AddGroups(graph, pool, (replicate, group) =>
        {
            string[] heal =
                ["data-self-heal on", "granular-entry-heal on", "iam-self-heal-daemon off", "metadata-self-heal on",
                    "entry-self-heal on", "read-hash-mode 5"];
            return replicate
                ? [.. heal, .. Arbiter(group), .. Pending(pool, group)]
                : [$"redundancy {group.Redundancy}", .. heal, .. Pending(pool, group)];
        });
        if (tops.Count > 1 || pool.Groups[0].Kind == GroupKind.Distribute)
        {
            graph.Add(Volume($"{pool.Name}-dht", "cluster/distribute", tops));
            tops = [graph[^1].Name];
        }

        Stack(graph, tops, Volume($"{pool.Name}-utime", "features/utime", [], "noatime on"),
            Volume($"{pool.Name}-write-behind", "performance/write-behind", [], "flush-behind on", "write-behind on"),
            Volume($"{pool.Name}-open-behind", "performance/open-behind", [], "read-after-open yes"),
            Volume($"{pool.Name}-quick-read", "performance/quick-read", []),
            Volume($"{pool.Name}-md-cache", "performance/md-cache", []),
            Volume($"{pool.Name}-io-threads", "performance/io-threads", []),
            Volume(pool.Name, "debug/io-stats", [], $"volume-id {pool.Id}"));
        return graph;
    }

    internal static List<Volume> HealDaemon(Pool pool)
    {
        List<Volume> graph = [.. Connections(pool)];
        List<string> tops = AddGroups(graph, pool, (replicate, group) =>
        {
            string[] heal =
                ["data-self-heal on", "granular-entry-heal on", "iam-self-heal-daemon on", "self-heal-daemon on",
                    "metadata-self-heal on", "choose-local on", "ensure-durability on", "data-change-log on",
                    "entry-self-heal on"];
            return replicate
                ? [.. heal, .. Arbiter(group), .. Pending(pool, group)]
                : [$"redundancy {group.Redundancy}", .. heal, .. Pending(pool, group)];
        });
        graph.Add(Volume($"{pool.Name}-shd", "debug/io-stats", tops, $"volume-id {pool.Id}"));
        return graph;
    }

    internal static List<Volume> Unit(Pool pool, PoolMember member)
    {
        string path = member.Unit.Path;
        List<Volume> graph = [];
        List<Volume> layers =
        [
            Volume($"{pool.Name}-posix", "storage/posix", [], $"volume-id {pool.Id}", $"directory {path}"),
            .. member.Role == UnitRole.Arbiter ? [Volume($"{pool.Name}-arbiter", "features/arbiter", [])] : Array.Empty<Volume>(),
            Volume($"{pool.Name}-changelog", "features/changelog", [], $"changelog-brick {path}",
                $"changelog-dir {path}/.glusterfs/changelogs", "capture-del-path on"),
            Volume($"{pool.Name}-access-control", "features/access-control", [], "super-uid 0"),
            Volume($"{pool.Name}-locks", "features/locks", []),
            Volume($"{pool.Name}-simple-quota", "features/simple-quota", [], "pass-through false", "cmd-from-all-client true"),
            Volume($"{pool.Name}-upcall", "features/upcall", [], "cache-invalidation off", "cache-invalidation-timeout 60"),
            Volume($"{pool.Name}-io-threads", "performance/io-threads", []),
            Volume($"{pool.Name}-barrier", "features/barrier", [], "barrier disable", "barrier-timeout 120"),
            Volume($"{pool.Name}-index", "features/index", [], "xattrop64-watchlist trusted.ec.dirty",
                "xattrop-dirty-watchlist trusted.afr.dirty", $"xattrop-pending-watchlist trusted.afr.{pool.Name}",
                $"index-base {path}/.glusterfs/indices"),
            Volume(path, "debug/io-stats", [], "unique-id /no/such/path"),
            Volume($"{pool.Name}-server", "protocol/server", [], "transport-type tcp", "transport.socket.read-fail-log false",
                $"auth.addr.{path}.allow *", $"auth-path {path}", $"auth.login.{path}.ssl-allow *",
                "volspec-directory /var/lib/kadalu/volfiles", $"listen-port {member.Unit.Port}"),
        ];
        Stack(graph, [], [.. layers]);
        return graph;
    }

    private static IEnumerable<Volume> Connections(Pool pool)
    {
        foreach (PoolMember member in pool.Members)
        {
            yield return Volume(
                $"{pool.Name}-client-{member.Index}", "protocol/client", [], "transport.socket.read-fail-log false",
                $"volfile-key /{pool.Name}",
                $"remote-subvolume {member.Unit.Path}", $"remote-host {member.Unit.Node.Name}",
                $"remote-port {member.Unit.Port}");
        }

        if (pool.TieBreaker is { } breaker)
        {
            yield return Volume(
                $"{pool.Id}-ta", "protocol/client", [], "transport.socket.read-fail-log false",
                $"remote-host {breaker.Node.Name}", $"remote-port {breaker.Port}", $"remote-subvolume {breaker.Path}");
        }
    }

    private static List<string> AddGroups(List<Volume> graph, Pool pool, Func<bool, DistributeGroup, string[]> options)
    {
        List<string> tops = [];
        foreach ((DistributeGroup group, int number) in pool.Groups.Select((group, number) => (group, number)))
        {
            if (group.Kind != GroupKind.Distribute)
            {
                bool isReplicate = group.Kind != GroupKind.Disperse;
                graph.Add(
                    Volume(
                        $"{pool.Name}-{(isReplicate ? "replicate" : "disperse")}-{number.ToString(CultureInfo.InvariantCulture)}",
                    isReplicate ? "cluster/replicate" : "cluster/disperse", [.. Members(pool, group)],
                    options(isReplicate, group)));
                tops.Add(graph[^1].Name);
            }
            else
            {
                tops.AddRange(Members(pool, group));
            }
        }

        return tops;
    }

    private static IEnumerable<string> Members(Pool pool, DistributeGroup group) =>
        pool.Members.Where(member => group.Units.Contains(member.Unit))
        .Select(member => $"{pool.Name}-client-{member.Index}").Concat(pool.TieBreaker is null ? [] : [$"{pool.Id}-ta"]);

    private static string[] Arbiter(DistributeGroup group) => group.Kind == GroupKind.Arbiter ? ["arbiter-count 1"] : [];

    private static string[] Pending(Pool pool, DistributeGroup group) =>
        [$"afr-pending-xattr {string.Join(',', Members(pool, group))}",
            .. pool.TieBreaker is { } breaker ? [$"thin-arbiter {breaker.Node.Name}:{breaker.Path}"] : Array.Empty<string>()];

    private static void Stack(List<Volume> graph, List<string> below, params Volume[] layers)
    {
        foreach (Volume layer in layers)
        {
            graph.Add(layer with { Subvolumes = [.. below] });
            below = [layer.Name];
        }
    }

    private static Volume Volume(string name, string type, List<string> subvolumes, params string[] options) => new(name, type)
    {
        Options = [.. options.Select(option => option.Split(' ', 2)).Select(pair => new VolfileOption(pair[0], pair[1]))],
        Subvolumes = [.. subvolumes],
    };
}
