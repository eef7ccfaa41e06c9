namespace KadaluFsd.Harness;

/// <summary>A storage unit on disk: its directory, port and volfile.</summary>
internal sealed record UnitDefinition(string Name, string Pool, string Directory, int Port, string Volfile, Guid VolumeId)
{
    /// <summary>Prepares a unit the way Kadalu's manager does, and writes its volfile.</summary>
    internal static async Task<UnitDefinition> CreateAsync(
        Workspace workspace, string pool, string name, string serverOptions = "", bool withVolumeId = true,
        string? directory = null)
    {
        directory = directory is null ? workspace.Create("units", name) : System.IO.Directory.CreateDirectory(directory).FullName;
        var volumeId = Guid.NewGuid();
        if (withVolumeId)
        {
            await SetVolumeIdAsync(directory, volumeId);
        }

        string volfile = workspace.Path(name + ".unit.vol");
        await File.WriteAllTextAsync(volfile, Text(pool, directory, volumeId, serverOptions));
        return new UnitDefinition(name, pool, directory, Ports.Free(), volfile, volumeId);
    }

    internal static Task SetVolumeIdAsync(string directory, Guid volumeId) => Command.MustAsync(
        "setfattr", "-n", "trusted.glusterfs.volume-id", "-v", "0x" + volumeId.ToString("N"), directory);

    // The layers of a Kadalu unit, without changelog: it would create a socket outside the workspace.
    private static string Text(string pool, string directory, Guid volumeId, string serverOptions) => $"""
        volume {pool}-posix
            type storage/posix
            option volume-id {volumeId}
            option directory {directory}
        end-volume

        volume {pool}-access-control
            type features/access-control
            option super-uid 0
            subvolumes {pool}-posix
        end-volume

        volume {pool}-locks
            type features/locks
            subvolumes {pool}-access-control
        end-volume

        volume {pool}-simple-quota
            type features/simple-quota
            option pass-through false
            option cmd-from-all-client true
            subvolumes {pool}-locks
        end-volume

        volume {pool}-io-threads
            type performance/io-threads
            subvolumes {pool}-simple-quota
        end-volume

        volume {pool}-index
            type features/index
            option xattrop64-watchlist trusted.ec.dirty
            option xattrop-dirty-watchlist trusted.afr.dirty
            option xattrop-pending-watchlist trusted.afr.{pool}
            option index-base {directory}/.glusterfs/indices
            subvolumes {pool}-io-threads
        end-volume

        volume {directory}
            type debug/io-stats
            option unique-id /no/such/path
            subvolumes {pool}-index
        end-volume

        volume {pool}-server
            type protocol/server
            option transport-type tcp
            option transport.socket.read-fail-log false
            option auth.addr.{directory}.allow *
        {serverOptions}    option auth-path {directory}
            option auth.login.{directory}.ssl-allow *
            option listen-port 49253
            subvolumes {directory}
        end-volume
        """;
}
