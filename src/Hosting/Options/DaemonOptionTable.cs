using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen;

namespace KadaluFsd.Hosting.Options;

/// <summary>
/// Every option of <c>kadalu-fsd unit</c>, <c>kadalu-fsd heal-daemon</c> and <c>kadalu-fsd gateway</c>. To add one: a property of
/// <see cref="DaemonOptions"/> and a line here.
/// </summary>
public static class DaemonOptionTable
{
    /// <summary>The options, in the order of the help.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        new("pool", "NAME",
            "The pool to heal: its volfile is shd.NAME.vol where volfiles are, its control socket " +
            "/run/kadalu/shd.NAME.control.sock, unless others are given.", DaemonCommands.HealDaemon,
            (options, text) => VolfileKey.TryNormalise($"shd/{text}", out string key)
                ? options with { Volfile = Path.Combine(DaemonOptions.DefaultVolfiles, key + ".vol"),
                    Control = $"/run/kadalu/{key}.control.sock", VolfileId = $"shd/{text}" }
                : throw new FormatException("a pool's name: letters, digits, \"_\" and \"-\"")),
        new("volfile", "FILE", "The process's own volfile: a storage unit's, a self-heal daemon's.", DaemonCommands.Graph,
            (options, text) => options with { Volfile = OptionDefinition.FullPath(text) }),
        new("port", "N", "TCP port for volfiles and I/O, 1 to 65535.", DaemonCommands.Unit,
            (options, text) => options with { Port = OptionDefinition.Number(text, 1, 65535) }),
        new("listen", "ADDRESS:PORT", "Where to listen (default 127.0.0.1:24007).", DaemonCommands.Gateway,
            (options, text) => options with { Listen = OptionDefinition.EndPoint(text) }),
        new("volfiles", "DIR",
            "Directory with the KEY.vol files that clients may fetch (default: a unit's volspec-directory, else " +
            "/var/lib/kadalu/volfiles).", DaemonCommands.Volfiles,
            (options, text) => options with { Volfiles = OptionDefinition.FullPath(text) }),
        new("log", "FILE", "Where to log; \"-\" is standard error (default).", DaemonCommands.All,
            (options, text) => options with { Log = text == "-" ? text : OptionDefinition.FullPath(text) }),
        new("log-level", "LEVEL", "CRITICAL, ERROR, WARNING, NOTICE, INFO (default), DEBUG or TRACE.", DaemonCommands.All,
            (options, text) => options with { LogLevel = Level(text) }),
        new("log-format", "text|json",
            "How the log's lines are written: as GlusterFS does (default), or as JSON objects, with priorities where " +
            "systemd's journal reads them.", DaemonCommands.Graph,
            (options, text) => options with { LogFormat = Format(text) }),
        new("init-directory", "",
            "Write the volume id onto a unit directory that has none. Only for a new unit: an empty mount point has none either.",
            DaemonCommands.Unit,
            (options, text) => options with { InitDirectory = OptionDefinition.Switch(text) }),
        new("header-timeout", "SECONDS", "How long a connection may take to send the header of its first call (default 10).",
            DaemonCommands.Volfiles,
            (options, text) => options with { HeaderTimeout = OptionDefinition.Seconds(text) }),
        new("call-timeout", "SECONDS",
            "How long a volfile connection may take over one call or reply, or go without any answered call (default 30).",
            DaemonCommands.Volfiles,
            (options, text) => options with { CallTimeout = OptionDefinition.Seconds(text) }),
        new("handshake-timeout", "SECONDS",
            "How long a connection for I/O may take until its client has been let in (default 30).", DaemonCommands.Unit,
            (options, text) => options with { HandshakeTimeout = OptionDefinition.Seconds(text) }),
        new("max-undecided", "N",
            "Connections that may wait for their first header, and as many for their client to be let in; beyond that the " +
            "oldest is closed (default 1024).", DaemonCommands.Volfiles,
            (options, text) => options with { MaxUndecided = OptionDefinition.Number(text, 1, 1_000_000) }),
        new("max-volfile-connections", "N",
            "Volfile connections that may be open; beyond that new ones are closed (default 16384).", DaemonCommands.Volfiles,
            (options, text) => options with { MaxVolfileConnections = OptionDefinition.Number(text, 1, 1_000_000) }),
        new("max-connections", "N",
            "Connections for I/O that may be open; beyond that new ones are closed, but for the pool's nodes (default 16384).",
            DaemonCommands.Unit,
            (options, text) => options with { MaxConnections = OptionDefinition.Number(text, 1, 1_000_000) }),
        new("max-per-address", "N", "Connections that one address may have, of each kind: for volfiles, for I/O (default 4096).",
            DaemonCommands.Volfiles,
            (options, text) => options with { MaxPerAddress = OptionDefinition.Number(text, 1, 1_000_000) }),
        new("allow", "LIST",
            "Addresses and networks that may fetch volfiles, such as 10.0.0.0/8,2001:db8::7 (default all). This machine and " +
            "the pool's nodes always may.", DaemonCommands.Volfiles,
            (options, text) => options with { Filter = options.Filter with { Allow = AddressFilter.Parse(text) } }),
        new("deny", "LIST", "Addresses and networks that may not.", DaemonCommands.Volfiles,
            (options, text) => options with { Filter = options.Filter with { Deny = AddressFilter.Parse(text) } }),
        new("tls", "auto|off|required",
            "Whether volfiles are fetched with TLS: by those who speak it where there is a certificate, and by all where " +
            "/var/lib/glusterd/secure-access is there (auto, default); by nobody; by all who come by TCP.",
            DaemonCommands.Volfiles,
            (options, text) => options with { Tls = Mode(text) }),
        new("tls-cert", "FILE",
            "PEM file with the certificate for that (default glusterfs.pem in /usr/lib/ssl, where Debian's GlusterFS has it, " +
            "or in /etc/ssl).", DaemonCommands.Volfiles,
            (options, text) => options with { TlsCertificate = OptionDefinition.FullPath(text) }),
        new("tls-key", "FILE", "PEM file with its key (default glusterfs.key there).", DaemonCommands.Volfiles,
            (options, text) => options with { TlsKey = OptionDefinition.FullPath(text) }),
        new("tls-ca", "FILE", "PEM file with the certificates of those who sign clients' (default glusterfs.ca there).",
            DaemonCommands.Volfiles,
            (options, text) => options with { TlsAuthorities = OptionDefinition.FullPath(text) }),
        new("tls-allow", "LIST",
            "Common names of certificates that may fetch volfiles, separated by commas (default all that are signed).",
            DaemonCommands.Volfiles,
            (options, text) => options with { TlsAllow = CommonNames(text) }),
        new("socket", "FILE", "Unix socket for volfiles, for clients on this machine (default none).", DaemonCommands.Volfiles,
            (options, text) => options with { Socket = SocketPath(text) }),
        new("access-log", "FILE", "One line for each fetched volfile; opened anew when it is moved away (default none).",
            DaemonCommands.Volfiles,
            (options, text) => options with { AccessLog = OptionDefinition.FullPath(text) }),
        new("access-log-format", "text|json", "How its lines are written (default text).", DaemonCommands.Volfiles,
            (options, text) => options with { AccessLogFormat = Format(text) }),
        new("pool-port", "N", "TCP port for volfiles only, the same for every unit of the pool on every node (default none).",
            DaemonCommands.Volfiles,
            (options, text) => options with { PoolPort = OptionDefinition.Number(text, 1, 65535) }),
        new("node-port", "N",
            "TCP port for the volfiles of every pool of this node, which all of its units share; the unit goes without where " +
            "others have it (default none; pools' units: 24199).", DaemonCommands.Unit,
            (options, text) => options with { NodePort = OptionDefinition.Number(text, 1, 65535) }),
        new("server-rounds", "N", "How often the server list that clients get goes round, 1 to 4 (default 2).",
            DaemonCommands.Volfiles,
            (options, text) => options with { ServerRounds = OptionDefinition.Number(text, 1, DaemonOptions.MaxServerRounds) }),
        new("advertise", "LIST",
            "Names of the pool's hosts for clients of certain networks, such as " +
            "10.1.0.0/16=storage1-a,storage2-a;10.2.0.0/16=storage1-b (default: the volfile's).", DaemonCommands.Volfiles,
            (options, text) => options with { Advertise = AdvertisedNames.Parse(text) }),
        new("notify-window", "SECONDS",
            "Over how long the news of a changed volfile is spread among clients at most (default 0.5).", DaemonCommands.Volfiles,
            (options, text) => options with { NotifyWindow = OptionDefinition.Seconds(text) }),
        new("control", "FILE",
            "Unix socket for whoever steers and watches the process, HTTP and JSON (default none; with --pool, and for " +
            "systemd's services, /run/kadalu/NAME.control.sock).", DaemonCommands.Graph,
            (options, text) => options with { Control = SocketPath(text) }),
        new("health-interval", "SECONDS",
            "How often the unit's directory is checked; 0 for never (default the volfile's health-check-interval, or else 10).",
            DaemonCommands.Unit,
            (options, text) => options with { HealthInterval = text == "0" ? TimeSpan.Zero : OptionDefinition.Seconds(text) }),
        new("health-timeout", "SECONDS", "How long a check of the directory may take (default 30).", DaemonCommands.Unit,
            (options, text) => options with { HealthTimeout = OptionDefinition.Seconds(text) }),
        new("health-failures", "N", "How many failed checks in a row end the unit (default 3).", DaemonCommands.Unit,
            (options, text) => options with { HealthFailures = OptionDefinition.Number(text, 1, 1000) }),
        new("metrics-listen", "ADDRESS:PORT", "Where /metrics, /livez and /readyz are served over TCP as well (default nowhere).",
            DaemonCommands.Graph,
            (options, text) => options with { MetricsListen = OptionDefinition.EndPoint(text) }),
        new("log-limit", "N",
            "How many lines one place in the translators may log in ten seconds, debugging excepted; 0 for any number " +
            "(default 200).", DaemonCommands.Graph,
            (options, text) => options with { LogLimit = OptionDefinition.Number(text, 0, 1_000_000) }),
        new("pid-file", "FILE",
            "File with the process's id, there from the start to the end and locked by the process (default none).",
            DaemonCommands.Graph,
            (options, text) => options with { PidFile = OptionDefinition.FullPath(text) }),
        new("predecessor-timeout", "SECONDS",
            "How long to wait for an earlier process of the same unit or heal daemon to end, and for its port (default 10).",
            DaemonCommands.Graph,
            (options, text) => options with { PredecessorTimeout = OptionDefinition.Seconds(text) }),
        new("stop-timeout", "SECONDS", "How long operations in progress may take once the process is told to stop (default 5).",
            DaemonCommands.Graph,
            (options, text) => options with { StopTimeout = OptionDefinition.Seconds(text) }),
    ];

    /// <summary>The options of one command.</summary>
    /// <param name="command">The command.</param>
    /// <returns>Its options, in the order of the help.</returns>
    public static IEnumerable<OptionDefinition> For(DaemonCommands command) =>
        All.Where(option => option.Commands.HasFlag(command));

    // An empty list would let everybody in. RFC 5280, appendix A: ub-common-name.
    private static ImmutableArray<string> CommonNames(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries) is var names &&
        names.All(name => name.Length is >= 1 and <= 64 && !name.Any(char.IsControl))
            ? [.. names] : throw new FormatException("common names of 1 to 64 characters, separated by commas");

    private static LogFormat Format(string text) => text switch
    {
        "text" => LogFormat.Text,
        "json" => LogFormat.Json,
        _ => throw new FormatException("text or json"),
    };

    private static TlsMode Mode(string text) => text switch
    {
        "auto" => TlsMode.Automatic,
        "off" => TlsMode.Off,
        "required" => TlsMode.Required,
        _ => throw new FormatException("auto, off or required"),
    };

    private static string SocketPath(string text) => LocalSocketPath.For(OptionDefinition.FullPath(text)).Path;

    /// <summary>Reads a log level.</summary>
    /// <param name="text">Its name.</param>
    /// <returns>The level.</returns>
    public static GlusterLogLevel Level(string text) =>
        Enum.GetValues<GlusterLogLevel>()
        .FirstOrDefault(level => string.Equals(level.ToString(), text, StringComparison.OrdinalIgnoreCase)) is var level and not 0
            ? level
            : throw new FormatException("CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG or TRACE");
}
