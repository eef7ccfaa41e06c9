using System.Collections.Immutable;
using System.Globalization;

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

    /// <summary>The option of storage/posix with the interval of its health check, in seconds; 0 for none.</summary>
    public const string HealthCheckInterval = "health-check-interval";

    /// <summary>The port of protocol/server where nothing names one (GF_DEFAULT_SOCKET_LISTEN_PORT).</summary>
    public const int DefaultPort = 24007;

    /// <summary>
    /// The options of protocol/server with its port, the present spelling first (rpc-transport/socket/src/socket.c).
    /// </summary>
    public static readonly ImmutableArray<string> PortOptions = ["transport.socket.listen-port", "listen-port"];

    // As many threads as performance/io-threads can have (io-threads.h, IOT_MAX_THREADS).
    private const string MostThreads = "64";

    // How many threads each kind of request may have at a time (xlators/performance/io-threads).
    private static readonly string[] s_threadLimits =
        ["high-prio-threads", "normal-prio-threads", "low-prio-threads", "least-prio-threads"];

    private static readonly string[] s_addressOptions = ["transport.socket.bind-address", "bind-address"];

    // All options that say where protocol/server listens (rpc-transport/socket/src/socket.c and name.c, with the old spellings).
    private static readonly string[] s_listenOptions =
    [
        .. PortOptions, .. s_addressOptions, "transport-type", "transport.address-family", "address-family",
        "transport.socket.listen-path", "listen-path", "transport.socket.bind-path", "bind-path",
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

        return new UnitIdentity(server, posix[0], directory, posix[0]["volume-id"] switch
        {
            { } text => Guid.TryParseExact(text, "D", out Guid volumeId)
                ? volumeId
                : throw new VolfileException(line, $"option volume-id {text} is not a UUID"),
            null when volfile.OfType(ThinArbiterType).Any() => null,
            null => throw new VolfileException(line, $"volume {posix[0].Name} has no option volume-id"),
        });
    }

    /// <summary>Where a volfile says that its server listens.</summary>
    /// <param name="volfile">A storage unit's volfile.</param>
    /// <returns>A host name or address, and a TCP port; null for what it does not say.</returns>
    /// <exception cref="VolfileException">The port is not one, or the address is none.</exception>
    public static (string? Address, int? Port) ReadListenAddress(Volfile volfile)
    {
        Volume server = volfile.Top;
        string? Find(IEnumerable<string> keys) => keys.Select(key => server[key]).FirstOrDefault(value => value is not null);
        string? address = Find(s_addressOptions);
        if (address is not null && !GlusterAddress.IsHost(address))
        {
            throw new VolfileException(
                server.Line.Number, $"option {s_addressOptions[0]} {address} is neither an address nor a host name");
        }

        return Find(PortOptions) switch
        {
            null => (address, null),
            var text when ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0 =>
                (address, port),
            var text => throw new VolfileException(
                server.Line.Number, $"option {PortOptions[0]} {text} is not a port from 1 to 65535"),
        };
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

    /// <summary>
    /// Lets every thread of performance/io-threads take every kind of request. With a limit, such as GlusterFS's of one thread for
    /// heals, the other threads ask for work again and again without a pause while only requests of that kind are waiting: a heal
    /// keeps all processors busy.
    /// </summary>
    /// <param name="volfile">A storage unit's volfile; limits that it sets stay.</param>
    public static Volfile WithoutThreadLimits(Volfile volfile)
    {
        ArgumentNullException.ThrowIfNull(volfile);
        return volfile.OfType("performance/io-threads").Aggregate(
            volfile,
            (changed, volume) => changed.Replace(
                volume,
                s_threadLimits.Where(key => volume[key] is null).Aggregate(volume, (with, key) => with.With(key, MostThreads))));
    }

    /// <summary>Whether an option is one that units set themselves, whatever the volfile says.</summary>
    public static bool IsSetByTheUnit(string type, string key) =>
        (type == ServerType && s_listenOptions.Contains(key)) ||
        (type == PosixType && key == HealthCheckInterval) || OwnTranslators.Types.Contains(type);
}

/// <summary>The unit as its volfile identifies it.</summary>
/// <param name="Server">The <c>protocol/server</c> on top.</param>
/// <param name="Posix">The <c>storage/posix</c> at the bottom.</param>
/// <param name="Directory">The unit's directory, absolute.</param>
/// <param name="VolumeId">The id that the directory must carry; null for GlusterFS's own tie-breaker (extras/thin-arbiter), which
/// belongs to any number of volumes.</param>
public sealed record UnitIdentity(Volume Server, Volume Posix, string Directory, Guid? VolumeId);
