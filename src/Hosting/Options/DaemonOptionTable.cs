using KadaluFsd.Contract;

namespace KadaluFsd.Hosting.Options;

/// <summary>
/// Every option of <c>kadalu-fsd unit</c>, <c>kadalu-fsd heal-daemon</c> and <c>kadalu-fsd gateway</c>, for the help and for
/// reading them. To add one: a line here, and a property of its owner's options class.
/// </summary>
public static class DaemonOptionTable
{
    /// <summary>The option that names a pool.</summary>
    internal const string Pool = "pool";

    /// <summary>The option that names the process's own volfile.</summary>
    public const string Volfile = "volfile";

    /// <summary>The option that names a unit's port.</summary>
    public const string Port = "port";

    /// <summary>The option that says which addresses a unit's ports are on.</summary>
    public const string BindAddress = "bind-address";

    /// <summary>The option that names the pid file.</summary>
    public const string PidFile = "pid-file";

    /// <summary>The option that names the control socket.</summary>
    internal const string Control = "control";

    /// <summary>The options, in the order of the help.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        new(Pool, "NAME",
            "The pool to heal: its volfile is shd.NAME.vol where volfiles are, its control socket " +
            "/run/kadalu/shd.NAME.control.sock, unless others are given.", DaemonCommands.HealDaemon, OptionForm.PoolName),
        new(Volfile, "FILE", "The process's own volfile: a storage unit's, a self-heal daemon's.", DaemonCommands.Graph,
            OptionForm.FullPath) { IsRequired = true, IsOfPool = true },
        new(Port, "N", "TCP port for volfiles and I/O, 1 to 65535 (default: the volfile's listen-port, or else 24007).",
            DaemonCommands.Unit, OptionForm.Number(1, 65535)) { IsOfPool = true },
        new(BindAddress, "HOST",
            "Address of this machine that the unit's ports are on, or a name for it (default: the volfile's bind-address, or " +
            "else every IPv4 and IPv6 address).", DaemonCommands.Unit, OptionForm.Text),
        new("listen", "ADDRESS:PORT", "Where to listen (default 127.0.0.1:24007).", DaemonCommands.Gateway, OptionForm.Text),
        new("cluster-listen", "ADDRESS:PORT",
            "Where nodes of the cluster are served (default [::]:24011 for an agent, [::]:24010 for a manager).",
            DaemonCommands.Cluster, OptionForm.Text),
        new("volfiles", "DIR",
            "Directory with the KEY.vol files that clients may fetch (default: a unit's volspec-directory, else " +
            "/var/lib/kadalu/volfiles).", DaemonCommands.Volfiles, OptionForm.FullPath) { IsOfPool = true },
        new("log", "FILE", "Where to log; \"-\" is standard error (default).", DaemonCommands.All, OptionForm.LogPath)
        { IsExclusive = true },
        new("log-level", "LEVEL", "CRITICAL, ERROR, WARNING, NOTICE, INFO (default), DEBUG or TRACE.",
            DaemonCommands.All, OptionForm.LogLevel),
        new("log-format", "text|json",
            "How the log's lines are written: as GlusterFS does (default), or as JSON objects, with priorities where " +
            "systemd's journal reads them.", DaemonCommands.Graph, OptionForm.OneOf("text", "json")),
        new("init-directory", "",
            "Write the volume id onto a unit directory that has none. Only for a new unit: an empty mount point has none either.",
            DaemonCommands.Unit, OptionForm.Switch) { IsOfPool = true },
        new("header-timeout", "SECONDS", "How long a connection may take to send the header of its first call (default 10).",
            DaemonCommands.Volfiles, OptionForm.Seconds),
        new("call-timeout", "SECONDS",
            "How long a volfile connection may take over one call or reply, or go without any answered call (default 30).",
            DaemonCommands.Volfiles, OptionForm.Seconds),
        new("handshake-timeout", "SECONDS",
            "How long a connection for I/O may take until its client is authenticated (default 30).",
            DaemonCommands.Unit, OptionForm.Seconds),
        new("max-undecided", "N",
            "Connections that may wait for their first header, and as many for their client to be authenticated; beyond that " +
            "the oldest is closed (default 1024).", DaemonCommands.Volfiles, OptionForm.Number(1, 1_000_000)),
        new("max-volfile-connections", "N",
            "Volfile connections that may be open; beyond that new ones are closed (default 16384).",
            DaemonCommands.Volfiles, OptionForm.Number(1, 1_000_000)),
        new("max-connections", "N",
            "Connections for I/O that may be open; beyond that new ones are closed, but for the pool's nodes (default 16384).",
            DaemonCommands.Unit, OptionForm.Number(1, 1_000_000)),
        new("max-per-address", "N", "Connections that one address may have, of each kind: for volfiles, for I/O (default 4096).",
            DaemonCommands.Volfiles, OptionForm.Number(1, 1_000_000)),
        new("allow", "LIST",
            "Addresses and networks that may fetch volfiles, such as 10.0.0.0/8,2001:db8::7 (default all). This machine and " +
            "the pool's nodes always may.", DaemonCommands.Volfiles, OptionForm.Text),
        new("deny", "LIST", "Addresses and networks that may not.", DaemonCommands.Volfiles, OptionForm.Text),
        new("tls", "auto|off|required",
            "Whether volfiles are fetched with TLS: by those who speak it where there is a certificate, and by all where " +
            "/var/lib/glusterd/secure-access is there (auto, default); by nobody; by all who come by TCP.",
            DaemonCommands.Volfiles, OptionForm.OneOf("auto", "off", "required")),
        new("tls-cert", "FILE",
            "PEM file with the certificate for that (default glusterfs.pem in /usr/lib/ssl, where Debian's GlusterFS has it, " +
            "or in /etc/ssl).", DaemonCommands.Volfiles, OptionForm.FullPath),
        new("tls-key", "FILE", "PEM file with its key (default glusterfs.key there).",
            DaemonCommands.Volfiles, OptionForm.FullPath),
        new("tls-ca", "FILE", "PEM file with the certificates of those who sign clients' (default glusterfs.ca there).",
            DaemonCommands.Volfiles, OptionForm.FullPath),
        new("tls-allow", "LIST",
            "Common names of certificates that may fetch volfiles, separated by commas (default all that are signed).",
            DaemonCommands.Volfiles, OptionForm.Text),
        new("socket", "FILE", "Unix socket for volfiles, for clients on this machine (default none).",
            DaemonCommands.Volfiles, OptionForm.SocketPath) { IsExclusive = true },
        new("access-log", "FILE", "One line for each fetched volfile; reopened when it is moved away (default none).",
            DaemonCommands.Volfiles, OptionForm.FullPath) { IsExclusive = true },
        new("access-log-format", "text|json", "How its lines are written (default text).",
            DaemonCommands.Volfiles, OptionForm.OneOf("text", "json")),
        new("pool-port", "N", "TCP port for volfiles only, the same for every unit of the pool on every node (default none).",
            DaemonCommands.Volfiles, OptionForm.Number(1, 65535)) { IsOfPool = true },
        new("node-port", "N",
            "TCP port for the volfiles of every pool of this node, which all of its units share; the unit goes without where " +
            "others have it (default none; pools' units: 24199).",
            DaemonCommands.Unit, OptionForm.Number(1, 65535)) { IsOfPool = true },
        new("alias", "ADDRESS",
            "Address of this machine, such as 127.0.9.1, on which the pool's volfiles are on port 24007 as well, for " +
            "NFS-Ganesha; the unit goes without where others have it (default none).", DaemonCommands.Unit, OptionForm.Text),
        new("server-rounds", "N",
            "How often the server list that clients get goes round, 1 to 16 (default 16). While each of the servers is " +
            "restarted once, a client uses up one round.", DaemonCommands.Volfiles, OptionForm.Number(1, 16)),
        new("advertise", "LIST",
            "Names of the pool's hosts for clients of certain networks, such as " +
            "10.1.0.0/16=storage1-a,storage2-a;10.2.0.0/16=storage1-b (default: the volfile's).",
            DaemonCommands.Volfiles, OptionForm.Text),
        new("notify-window", "SECONDS",
            "Over how long the news of a changed volfile is spread among clients at most (default 0.5).",
            DaemonCommands.Volfiles, OptionForm.Seconds),
        new(Control, "FILE",
            "Unix socket of the control API (HTTP and JSON) (default none; with --pool, and for " +
            "systemd's services, /run/kadalu/NAME.control.sock; /run/kadalu/agent.sock, /run/kadalu/manager.sock).",
            DaemonCommands.Graph | DaemonCommands.Cluster, OptionForm.SocketPath) { IsOfPool = true },
        new("health-interval", "SECONDS",
            "How often the unit's directory is checked; 0 for never (default the volfile's health-check-interval, or else 10).",
            DaemonCommands.Unit, OptionForm.SecondsOrNone),
        new("health-timeout", "SECONDS", "How long a check of the directory may take (default 30).",
            DaemonCommands.Unit, OptionForm.Seconds),
        new("health-failures", "N", "How many failed checks in a row end the unit (default 3).",
            DaemonCommands.Unit, OptionForm.Number(1, 1000)),
        new("metrics-listen", "ADDRESS:PORT", "Where /metrics, /livez and /readyz are served over TCP as well (default nowhere).",
            DaemonCommands.Graph, OptionForm.Text) { IsExclusive = true },
        new("log-limit", "N",
            "How many lines one place in the translators may log in ten seconds, debugging excepted; 0 for any number " +
            "(default 200).", DaemonCommands.Graph, OptionForm.Number(0, 1_000_000)),
        new(PidFile, "FILE",
            "File with the process's id, there from the start to the end and locked by the process (default none).",
            DaemonCommands.Graph | DaemonCommands.Cluster, OptionForm.FullPath) { IsOfPool = true },
        new("predecessor-timeout", "SECONDS",
            "How long to wait for an earlier process of the same unit or heal daemon to end, and for its port (default 10).",
            DaemonCommands.Graph, OptionForm.Seconds),
        new("stop-timeout", "SECONDS", "How long operations in progress may take once the process is told to stop (default 5).",
            DaemonCommands.Graph, OptionForm.Seconds),
    ];

    /// <summary>The options of one command.</summary>
    /// <param name="command">The command.</param>
    /// <returns>Its options, in the order of the help.</returns>
    public static IEnumerable<OptionDefinition> For(DaemonCommands command) =>
        All.Where(option => option.Commands.HasFlag(command));

    /// <summary>Reads a log level.</summary>
    /// <param name="text">Its name.</param>
    /// <returns>The level.</returns>
    /// <exception cref="FormatException">It is none; says what is expected.</exception>
    public static GlusterLogLevel Level(string text) => Enum.Parse<GlusterLogLevel>(OptionForm.LogLevel.Translate(text));
}
