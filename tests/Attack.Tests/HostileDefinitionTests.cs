using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KadaluFsd.Harness;

namespace KadaluFsd.Attack.Tests;

/// <summary>
/// Definitions and overlays that are wrong in every way that somebody could think of: each is refused in one breath, and nothing
/// is left of it.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class HostileDefinitionTests : IntegrationTest
{
    private const int Definitions = 200;
    private const int Overlays = 50;
    private const int MaxWords = 20 * 1024;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Hostile_definitions_are_refused_and_leave_nothing()
    {
        PoolHarness pools = await BystanderAsync();
        var generator = new HostileDefinitions(Workspace, seed: 15);
        string before = StateOf(pools);
        string path = Workspace.Path("hostile.json");
        for (int number = 0; number < Definitions; number++)
        {
            (string what, byte[] content, string name) = generator.Next(number);
            await File.WriteAllBytesAsync(path, content);
            await RefusedAsync(
                pools, what, "create", name, "--definition", path, "--same-node", "--root-partition", "--mode=script",
                "--no-start");
            Assert.True(before == StateOf(pools), $"{what} has left something behind:\n{StateOf(pools)}");
        }

        await UntouchedAsync(pools);
    }

    [Fact]
    public async Task Hostile_overlays_are_refused_and_change_nothing()
    {
        PoolHarness pools = await BystanderAsync();
        string directory = Directory.CreateDirectory(Path.Combine(pools.Root, "etc/kadalu/graphs")).FullName;
        string before = StateOf(pools);
        for (int number = 0; number < Overlays; number++)
        {
            string path = Path.Combine(directory, "10-hostile.json");
            string what = await HostileOverlays.PutAsync(path, number);
            await RefusedAsync(pools, what, "set", "good", "performance.io-cache", "on");
            await RefusedAsync(
                pools, what,
                ["create", "other", "mirror", "2", .. pools.Units("other", 2), "--same-node", "--root-partition", "--mode=script",
                    "--no-start"]);
            await Command.MustAsync("rm", "-rf", path);
            Assert.True(before == StateOf(pools), $"{what} has left something behind");
        }

        await UntouchedAsync(pools);
    }

    private async Task<PoolHarness> BystanderAsync()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("good", "mirror", "2", "units:2");
        return pools;
    }

    private static async Task RefusedAsync(PoolHarness pools, string what, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        Command result = await pools.TryAsync(arguments).WaitAsync(s_limit);
        string shown =
            $"{what}: exit code {result.ExitCode} after {clock.Elapsed.TotalSeconds:0.0} s: " +
            $"{result.Error[..Math.Min(result.Error.Length, 2000)]}{result.Output}";
        Assert.True(result.ExitCode is 2 or 11, shown);
        Assert.True(result.Error.Length is > 0 and < MaxWords, shown);
        Assert.DoesNotContain("   at KadaluFsd", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/kadalu-evil"), shown);
    }

    private static async Task UntouchedAsync(PoolHarness pools)
    {
        Assert.All((await pools.StatusAsync("good"))["units"]!.AsArray(), unit => Assert.Equal("ready", (string?)unit!["state"]));
        await pools.MustAsync("set", "good", "performance.io-cache", "on");
        FuseMount mount = await pools.MountAsync("good");
        await File.WriteAllTextAsync(mount.In("file"), "text");
        Assert.Equal("text", await File.ReadAllTextAsync(mount.In("file")));
    }

    // Everything that is kept of pools, and the files in which it would be.
    private static string StateOf(PoolHarness pools) =>
        string.Join('\n', new[] { "pools", "volfiles" }.SelectMany(kept => Directory.GetFiles(
            Path.Combine(pools.Root, "var/lib/kadalu", kept), "*", SearchOption.AllDirectories))
        .Order(StringComparer.Ordinal).Select(path => $"{path} {File.ReadAllText(path).GetHashCode(StringComparison.Ordinal)}"));
}

/// <summary>
/// Makes definitions of pools that must not be: a good one with one thing in it that is wrong, and some that are harmless.
/// </summary>
internal sealed class HostileDefinitions
{
    private readonly Random _random;
    private readonly string _units;
    private readonly (string What, Action<JsonNode> Break)[] _ways;

    internal HostileDefinitions(Workspace workspace, int seed)
    {
        // Which definitions these are is to be the same every time.
#pragma warning disable CA5394
        _random = new Random(seed);
#pragma warning restore CA5394
        _units = workspace.Create("hostile-units");
        Directory.CreateSymbolicLink(Path.Combine(_units, "to-etc"), "/etc");
        Directory.CreateSymbolicLink(Path.Combine(_units, "to-u1"), Path.Combine(_units, "u1"));
        Directory.CreateSymbolicLink(Path.Combine(_units, "loop"), Path.Combine(_units, "loop"));
        Directory.CreateSymbolicLink(Path.Combine(_units, "to-state"), workspace.Path("root/var/lib/kadalu"));
        Directory.CreateDirectory(Path.Combine(_units, "u1"));
        _ways = [.. Ways(workspace)];
    }

    internal (string What, byte[] Content, string Name) Next(int number)
    {
        JsonNode definition = Good();
        (string what, Action<JsonNode> breakIt) = _ways[number % _ways.Length];
        breakIt(definition);
        if (what.StartsWith("text: ", StringComparison.Ordinal))
        {
            return (what, Text(what, definition), "hostile");
        }

        string name = definition["name"] is JsonValue value && value.TryGetValue(out string? text) && text.Length is > 0 and
            < 1000 && !text.Contains('\0', StringComparison.Ordinal) && !text.StartsWith('-') ? text : "hostile";
        return ($"{number}: {what}", Encoding.UTF8.GetBytes(definition.ToJsonString()), name);
    }

    private JsonNode Good() => JsonNode.Parse($$$"""
        {"name": "hostile", "id": "{{{Guid.NewGuid()}}}", "port": 0, "options": {"performance.io-cache": "on"}, "distribute_groups": [{"type": "Mirror", "replica_count": 2, "storage_units": [
          {"path": "{{{_units}}}/u1", "port": 0, "node": {"name": "{{{Environment.MachineName}}}", "id": ""}},
          {"path": "{{{_units}}}/u2", "port": 0, "node": {"name": "{{{Environment.MachineName}}}", "id": ""}}]}]}
        """)!;

    private byte[] Text(string what, JsonNode definition)
    {
        string good = definition.ToJsonString();
        return what["text: ".Length..] switch
        {
            "empty" => [],
            "cut off" => Encoding.UTF8.GetBytes(good[..Pick(1, good.Length - 1)]),
            "UTF-16" => [0xff, 0xfe, .. Encoding.Unicode.GetBytes(good)],
            "not UTF-8" => Encoding.Latin1.GetBytes(good.Replace("hostile", "h\u00e4stile", StringComparison.Ordinal)),
            "deep" => Encoding.UTF8.GetBytes(new string('[', 100_000)),
            "deeper member" =>
                Encoding.UTF8.GetBytes(good[..^1] + ", \"x\": " + new string('[', 1000) + new string(']', 1000) + "}"),
            "too long" => Encoding.UTF8.GetBytes(good[..^1] + $", \"x\": \"{new string('x', 9 << 20)}\"}}"),
            "a list" => Encoding.UTF8.GetBytes($"[{good}]"),
            "NULs" => new byte[4096],
            _ => Encoding.UTF8.GetBytes("volume x\nend-volume\n"),
        };
    }

    private IEnumerable<(string What, Action<JsonNode> Break)> Ways(Workspace workspace)
    {
        foreach (
            string text in new[] {
                "empty", "cut off", "UTF-16", "not UTF-8", "deep", "deeper member", "too long", "a list", "NULs", "a volfile" })
        {
            yield return ($"text: {text}", _ => { });
        }

        foreach (
            JsonNode? name in new JsonNode?[] { "", "../x", "a/b", "a.b", "dirty1", "a-ta-b", "n\u0000", "näme", "a b",
                new string('n', 65), new string('n', 1 << 20), null, 5, new JsonObject(), "$(touch /tmp/kadalu-evil)",
                "`touch /tmp/kadalu-evil`", "good" })
        {
            yield return ($"name {Short(name)}", definition => definition["name"] = name?.DeepClone());
        }

        foreach (JsonNode? id in new JsonNode?[] { "", "x", Guid.Empty.ToString(), null, 7, new string('0', 1 << 16) })
        {
            yield return ($"id {Short(id)}", definition => definition["id"] = id?.DeepClone());
        }

        foreach (
            JsonNode? type in new JsonNode?[] {
                "", null, "raid", 5, new JsonArray(), new string('t', 1 << 20), "Disperse", "Arbiter", "Distribute" })
        {
            yield return ($"type {Short(type)}", definition => Group(definition)["type"] = type?.DeepClone());
        }

        foreach (
            (string member, JsonNode? count) in new (string, JsonNode?)[] { ("replica_count", 3), ("replica_count", -2),
                ("replica_count", 1.5), ("replica_count", "two"), ("replica_count", 4294967298), ("redundancy_count", 1 << 30),
                ("disperse_count", 9), ("arbiter_count", -1), ("number", -1), ("number", 5), ("storage_units", new JsonArray()),
                ("storage_units", "x"), ("storage_units", null) })
        {
            yield return ($"{member} {Short(count)}", definition => Group(definition)[member] = count?.DeepClone());
        }

        foreach (JsonNode? path in new JsonNode?[]
        {
            "/", "/etc", "/etc/x", "/usr", "/proc/self/cwd", "/dev/shm", "/sys/fs", "/run/x", "/tmp", "/var/lib", "relative", "",
            null, 5, "/a/../etc", "/a//b", "/a/", "/a b", "/a`touch /tmp/kadalu-evil`", "/a\"b", "/a,b", "/a:b", "/a\u0000b",
            "/a\nb", "/a\u0085b",
            $"{_units}/to-etc", $"{_units}/to-etc/x", $"{_units}/to-u1/../../etc", $"{_units}/loop/x", $"{_units}/to-state",
            $"{_units}/to-state/pools", workspace.Path("root/var/lib/kadalu"), workspace.Path("root/var/lib/kadalu/pools"),
            workspace.Path("root/var"), workspace.Path("root"),
            workspace.Path("units/good/u1"), workspace.Path("units/good/u1/inside"), workspace.Path("units/good"),
            $"{_units}/not/there", $"/{new string('p', 5000)}", $"/{new string('日', 100)}",
        })
        {
            yield return ($"path {Short(path)}", definition => Unit(definition, 1)["path"] = path?.DeepClone());
        }

        yield return ("one directory under two names", definition => Unit(definition, 1)["path"] = $"{_units}/to-u1");
        yield return ("one directory twice", definition => Unit(definition, 1)["path"] = $"{_units}/u1");
        yield return ("one directory inside of the other", definition => Unit(definition, 1)["path"] = $"{_units}/u1/x");
        yield return (
            "one directory inside of the other by a link", definition => Unit(definition, 1)["path"] = $"{_units}/to-u1/x");
        foreach (
            JsonNode? node in new JsonNode?[] { "", new string('h', 65), new string('h', 300), new string('h', 1 << 20),
                "0.0.0.0", "::", "255.255.255.255", "224.0.0.1", "ff02::1", "0.1.2.3", "a b", "-x", "[::1]",
                "$(touch /tmp/kadalu-evil)", "a\u0000b", "a\nb", "a/b", "ä", null, 5 })
        {
            yield return ($"node {Short(node)}", definition => Unit(definition, 0)["node"]!["name"] = node?.DeepClone());
        }

        foreach (JsonNode? id in new JsonNode?[] { "a b", "a\nb", "`x`", "\"", new string('i', 1 << 20), 5 })
        {
            yield return ($"node id {Short(id)}", definition => Unit(definition, 0)["node"]!["id"] = id?.DeepClone());
        }

        foreach (JsonNode? port in new JsonNode?[] { -1, 65536, 1 << 30, 1.5, "x", new JsonArray(), 99999999999 })
        {
            yield return ($"port {Short(port)}", definition => Unit(definition, 0)["port"] = port?.DeepClone());
            yield return ($"pool's port {Short(port)}", definition => definition["port"] = port?.DeepClone());
        }

        yield return (
            "one port twice", definition => (Unit(definition, 0)["port"], Unit(definition, 1)["port"]) = (24300, 24300));
        yield return (
            "the pool's port for a unit", definition => (definition["port"], Unit(definition, 1)["port"]) = (24300, 24300));
        foreach ((string option, JsonNode? value) in new (string, JsonNode?)[]
        {
            ("storage/posix.directory", "/etc"), ("storage/posix.volume-id", Guid.NewGuid().ToString()),
            ("features/index.index-base", "/etc"), ("protocol/client.remote-host", "elsewhere"),
            ("protocol/client.remote-subvolume", "/etc"), ("cluster/replicate.volume-id", Guid.NewGuid().ToString()),
            ("cluster/replicate.afr-pending-xattr", "a,b"), ("cluster/replicate.arbiter-count", "1"),
            ("../../../tmp/evil.option", "1"), ("/tmp/evil.option", "1"), ("a/../../evil.option", "1"), ("no.such-option", "1"),
            ("network.ping-timeout", "08"), ("network.ping-timeout", "`touch /tmp/kadalu-evil`"), ("network.ping-timeout", 5),
            ("network.ping-timeout", null), ("network.ping-timeout", ""), ("network.ping-timeout", new string('1', 1 << 20)),
            ("diagnostics.client-log-level", "DEBUG\n    option x y"), ("auth.allow", "\""), ("cluster.quorum-count", "3"),
            ("cluster.read-subvolume", "5"),
            ("storage.reserve", "5.5"), ("cluster.min-free-disk", "12.5"), ("cluster.min-free-disk", "1.3KB"),
            ("performance.quick-read-cache-size", "9223372036854775808"), ("performance.aggregate-size", "18446744073709551616"),
            ("locks.mandatory-locking", "bogus"),
            (new string('o', 1 << 20), "1"),
        })
        {
            yield return (
                $"option {Short(option)} {Short(value)}", definition => definition["options"]![option] = value?.DeepClone());
        }

        foreach (
            JsonNode? auth in new JsonNode?[] { "x", new JsonObject(), new JsonObject { ["username"] = "a" },
                new JsonObject { ["username"] = "a\nb", ["password"] = "p" },
                new JsonObject { ["username"] = "a", ["password"] = "p q" },
                new JsonObject { ["username"] = new string('u', 1 << 16), ["password"] = "p" },
                new JsonObject { ["username"] = "`x`", ["password"] = 5 } })
        {
            yield return ($"auth {Short(auth)}", definition => definition["auth"] = auth?.DeepClone());
        }

        foreach (
            JsonNode? layers in new JsonNode?[] { 5, new JsonObject(),
                new JsonObject { ["name"] = "../x", ["next_unit"] = 2, ["next_group"] = 1 },
                new JsonObject { ["name"] = "x", ["next_unit"] = -1 }, new JsonObject { ["name"] = "x", ["distribute"] = "yes" },
                new JsonObject { ["name"] = new string('x', 1 << 20) } })
        {
            yield return ($"layers {Short(layers)}", definition => definition["layers"] = layers?.DeepClone());
        }

        yield return ("two units of one number", definition =>
        {
            definition["layers"] = new JsonObject { ["name"] = "x", ["next_unit"] = 2, ["next_group"] = 1 };
            (Unit(definition, 0)["number"], Unit(definition, 1)["number"]) = (1, 1);
        }
        );
        yield return ("a number without layers", definition => Unit(definition, 0)["number"] = 0);
        yield return (
            "a tie-breaker in the place of a copy", definition => definition["tiebreaker"] = Unit(definition, 0).DeepClone());
        yield return (
            "groups of two kinds",
            definition => definition["distribute_groups"]!.AsArray()
            .Add(new JsonObject { ["type"] = "Distribute", ["storage_units"] = new JsonArray(Unit(definition, 0).DeepClone()) }));
        yield return ("no groups", definition => definition.AsObject().Remove("distribute_groups"));
        yield return ("more units than there may be", definition =>
        {
            JsonNode group = Group(definition);
            for (int number = 0; number < 2100; number++)
            {
                JsonNode more = group.DeepClone();
                more["storage_units"]![0]!["path"] = $"{_units}/a{number}";
                more["storage_units"]![1]!["path"] = $"{_units}/b{number}";
                definition["distribute_groups"]!.AsArray().Add(more);
            }
        }
        );
    }

    private int Pick(int from, int to) =>
#pragma warning disable CA5394
        _random.Next(from, to);
#pragma warning restore CA5394

    private static JsonNode Group(JsonNode definition) => definition["distribute_groups"]![0]!;

    private static JsonNode Unit(JsonNode definition, int place) => Group(definition)["storage_units"]![place]!;

    private static string Short(JsonNode? node) => node?.ToJsonString() is { } text ? text[..Math.Min(text.Length, 60)] : "null";
}

/// <summary>Files in the place of overlays that must not be, or not be waited for.</summary>
internal static class HostileOverlays
{
    private static readonly string[] s_types =
    [
        "../../../../../../tmp/evil", "/tmp/evil", "debug/../../tmp/evil", "debug", "debug/", "/", "", "debug/trace/x",
        "DEBUG/trace", "debug/tr ace", "debug/trace\\n", "debug/trace\\u0000", "debug/`touch /tmp/kadalu-evil`", "debug//trace",
    ];

    private static readonly string[] s_changes =
    [
        """{"graph": "unit", "changes": [{"remove": "storage/posix"}]}""",
        """{"graph": "unit", "changes": [{"remove": "protocol/server"}]}""",
        """{"graph": "unit", "changes": [{"remove": "debug/io-stats"}]}""",
        """{"graph": "unit", "changes": [{"set": "storage/posix", "options": {"directory": "/etc"}}]}""",
        """{"graph": "unit", "changes": [{"set": "storage/posix", "options": {"directory": null}}]}""",
        """{"graph": "unit", "changes": [{"set": "storage/posix", "options": {"volume-id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11"}}]}""", """{"graph": "unit", "changes": [{"set": "features/index", "options": {"index-base": "/etc"}}]}""",
        """{"graph": "unit", "changes": [{"insert": {"each": "unit", "name": "x", "type": "storage/posix", "options": {"directory": "/etc"}}, "below": "features/locks"}]}""",
        """{"graph": "client", "changes": [{"remove": "protocol/client"}]}""",
        """{"graph": "client", "changes": [{"remove": "cluster/replicate"}]}""",
        """{"graph": "heal-daemon", "changes": [{"remove": "cluster/replicate"}]}""",
        """{"graph": "client", "changes": [{"set": "cluster/replicate", "options": {"volume-id": null}}]}""",
        """{"graph": "client", "changes": [{"set": "cluster/replicate", "options": {"afr-pending-xattr": "a,b"}}]}""",
        """{"graph": "client", "changes": [{"set": "protocol/client", "options": {"remote-host": "elsewhere"}}]}""",
        """{"graph": "client", "changes": [{"set": "performance/io-threads", "options": {"thread-count": "`touch /tmp/kadalu-evil`"}}]}""",
        """{"graph": "client", "changes": [{"set": "performance/io-threads", "options": {"thread-count": "17\n"}}, {"set": "features/utime", "options": {"\n": "`"}}]}""", """{"graph": "client", "changes": [{"insert": {"name": "x", "type": "storage/posix", "options": {"directory": "/etc"}}, "above": "debug/io-stats"}]}""",
        """{"graph": "client", "changes": [{"insert": {"name": "{pool}", "type": "debug/trace"}, "above": "debug/io-stats"}]}""",
        """{"graph": "client", "changes": [{"insert": {"name": "{nothing}", "type": "debug/trace"}, "above": "debug/io-stats"}]}""",
        """{"graph": "client", "changes": [{"insert": {"name": "a b", "type": "debug/trace"}, "above": "debug/io-stats"}]}""",
        """{"graph": "clients", "changes": []}""", """{"graph": "client", "changes": {}}""", """{"graph": "client"}""", "{}",
        "[]", "", "null",
        """{"graph": "client", "changes": [{"set": "performance/io-threads", "options": {"thread-count": "0"}}]}""",
        """{"graph": "unit", "changes": [{"set": "features/locks", "options": {"revocation-max-blocked": "99999999999"}}]}""",
        """{"graph": "unit", "changes": [{"set": "performance/io-threads", "options": {"thread-count": "9999999999999999999999"}}]}""",
    ];

    internal static async Task<string> PutAsync(string path, int number)
    {
        switch (number)
        {
            case 0:
                await Command.MustAsync("mkfifo", path);
                return "a pipe";
            case 1:
                File.CreateSymbolicLink(path, "/dev/zero");
                return "a link to a device that never ends";
            case 2:
                Directory.CreateDirectory(path);
                return "a directory";
            case 3:
                File.CreateSymbolicLink(path, "/nowhere");
                return "a link to nowhere";
            case 4:
                await File.WriteAllTextAsync(
                    path, $$"""{"graph": "client", "changes": [{"remove": "{{new string('x', 2 << 20)}}"}]}""");
                return "two megabytes";
            case 5:
                await File.WriteAllTextAsync(
                    path, $$"""{"graph": "client", "changes": [{"remove": "{{new string('x', 900_000)}}"}]}""");
                return "a long word";
            case 6:
                await File.WriteAllTextAsync(path, new string('[', 500_000));
                return "deep brackets";
            default:
                string text = number - 7 < s_types.Length
                    ? $$$"""{"graph": "client", "changes": [{"insert": {"name": "{pool}-x", "type": "{{{s_types[number - 7]}}}"}, "above": "features/utime"}]}"""
                    : s_changes[(number - 7 - s_types.Length) % s_changes.Length];
                await File.WriteAllTextAsync(path, text);
                return string.Create(CultureInfo.InvariantCulture, $"{number}: {text}");
        }
    }
}
