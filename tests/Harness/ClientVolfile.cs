namespace KadaluFsd.Harness;

/// <summary>Client volfiles for tests.</summary>
internal static class ClientVolfile
{
    /// <summary>One unit.</summary>
    internal static string Single(UnitDefinition unit, string host = "127.0.0.1") =>
        $"{Client(unit, 0, host)}\n\n{Volume(unit.Pool + "-dht", "cluster/distribute", $"{unit.Pool}-client-0")}\n\n{Top(unit, unit.Pool + "-dht")}";

    /// <summary>A mirror of all units, with the layers that Kadalu puts on top.</summary>
    internal static string Mirror(IReadOnlyList<UnitDefinition> units, params string[] hosts)
    {
        string pool = units[0].Pool;
        string[] clients = [.. units.Select((_, index) => $"{pool}-client-{index}")];
        return string.Join("\n\n",
        [
            .. units.Select((unit, index) => Client(unit, index, hosts.Length > 0 ? hosts[index] : "127.0.0.1")),
            Volume(pool + "-replicate-0", "cluster/replicate", string.Join(' ', clients),
                $"afr-pending-xattr {string.Join(',', clients)}",
                "granular-entry-heal on", "data-self-heal on", "metadata-self-heal on", "entry-self-heal on"),
            Volume(pool + "-utime", "features/utime", pool + "-replicate-0"),
            Volume(pool + "-write-behind", "performance/write-behind", pool + "-utime"),
            Top(units[0], pool + "-write-behind"),
        ]);
    }

    /// <summary>The heal daemon of a mirror, as Kadalu writes it.</summary>
    internal static string HealDaemon(IReadOnlyList<UnitDefinition> units)
    {
        string pool = units[0].Pool;
        string[] clients = [.. units.Select((_, index) => $"{pool}-client-{index}")];
        return string.Join("\n\n",
        [
            .. units.Select((unit, index) => Client(unit, index, "127.0.0.1")),
            Volume(pool + "-replicate-0", "cluster/replicate", string.Join(' ', clients),
                $"afr-pending-xattr {string.Join(',', clients)}", "granular-entry-heal on",
                "data-self-heal on", "metadata-self-heal on", "entry-self-heal on", "iam-self-heal-daemon on",
                "self-heal-daemon on", "heal-timeout 5"),
            Volume(pool + "-shd", "debug/io-stats", pool + "-replicate-0"),
        ]);
    }

    private static string Client(UnitDefinition unit, int index, string host) => Volume(
        $"{unit.Pool}-client-{index}", "protocol/client", null,
        $"volfile-key /{unit.Pool}", $"remote-subvolume {unit.Directory}", $"remote-host {host}", $"remote-port {unit.Port}");

    private static string Top(UnitDefinition unit, string below) =>
        Volume(unit.Pool, "debug/io-stats", below, $"volume-id {unit.VolumeId}");

    private static string Volume(string name, string type, string? subvolumes, params string[] options) => string.Join('\n',
    [
        $"volume {name}",
        $"    type {type}",
        .. options.Select(option => "    option " + option),
        .. subvolumes is null ? Array.Empty<string>() : [$"    subvolumes {subvolumes}"],
        "end-volume",
    ]);
}
