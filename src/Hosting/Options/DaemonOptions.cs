using System.Collections.Immutable;
using System.Net;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Volgen;

namespace KadaluFsd.Hosting.Options;

/// <summary>What a storage unit or a gateway was told to do: complete, checked, and fixed for the life of the process.</summary>
public sealed record DaemonOptions
{
    /// <summary>Where Kadalu keeps its volfiles.</summary>
    public const string DefaultVolfiles = "/var/lib/kadalu/volfiles";

    /// <summary>Unit, heal daemon: path of its own volfile.</summary>
    public string Volfile { get; init; } = "";

    /// <summary>
    /// Unit, heal daemon: options that are set in its volfile once it has been read; for those who start it with glusterfsd's
    /// arguments.
    /// </summary>
    public ImmutableArray<XlatorOption> XlatorOptions { get; init; } = [];

    /// <summary>Unit: the directory that its volfile must be for; null where anything goes.</summary>
    public string? BrickName { get; init; }

    /// <summary>Unit, heal daemon: the name of its volfile, as its translators report it; null for the file's.</summary>
    public string? VolfileId { get; init; }

    /// <summary>
    /// Unit: how often its directory is looked at; zero for never, null for the volfile's <c>health-check-interval</c>, or else
    /// <see cref="DefaultHealthInterval"/>.
    /// </summary>
    public TimeSpan? HealthInterval { get; init; }

    /// <summary>
    /// How often a unit's directory is looked at: a small synchronous write, which the slowest disk does between two of its
    /// clients'.
    /// </summary>
    public static TimeSpan DefaultHealthInterval { get; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Unit: how long a look at its directory may take. Longer than a busy disk needs, and than a drive tries to read a bad
    /// sector.
    /// </summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Unit: how many failed looks in a row end it.</summary>
    public int HealthFailures { get; init; } = 3;

    /// <summary>
    /// Unit, heal daemon: where its figures are served over TCP, for those who cannot reach the control socket; null for nowhere.
    /// </summary>
    public IPEndPoint? MetricsListen { get; init; }

    /// <summary>How the log's lines are written.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>
    /// Unit, heal daemon: how many lines one place in the translators' source may log in ten seconds, debugging excepted; 0 for
    /// any number.
    /// </summary>
    public int LogLimit { get; init; } = 200;

    /// <summary>Unit, heal daemon: path of its control socket; null for none.</summary>
    public string? Control { get; init; }

    /// <summary>Path of a file with the process's id, written when clients can be served; null for none.</summary>
    public string? PidFile { get; init; }

    /// <summary>
    /// How long a starting unit waits for an earlier process of the same directory to end, and for its port. A unit that was told
    /// to stop needs up to its stop timeout; managers start the next one before that.
    /// </summary>
    public TimeSpan PredecessorTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Unit: TCP port for volfiles and I/O, 1 to 65535, on every IPv4 and IPv6 address.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Gateway: where to listen. glusterd's port, which clients have built in, on loopback: nobody else is meant to use it.
    /// </summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 24007);

    /// <summary>
    /// Directory with the <c>KEY.vol</c> files that clients may fetch; null to take the volfile's <c>volspec-directory</c>, or
    /// else <see cref="DefaultVolfiles"/>.
    /// </summary>
    public string? Volfiles { get; init; }

    /// <summary>Path of the log; <c>-</c> for standard error, where a process in the foreground is expected to log.</summary>
    public string Log { get; init; } = "-";

    /// <summary>The least serious level that is logged; GlusterFS's own default.</summary>
    public GlusterLogLevel LogLevel { get; init; } = GlusterLogLevel.Info;

    /// <summary>
    /// Whether to write the volume id onto a directory that has none. Off, because an empty mount point has none either.
    /// </summary>
    public bool InitDirectory { get; init; }

    /// <summary>
    /// How long a new connection may take until the header of its first call is there. Stock clients send it at once; ten seconds
    /// are enough for a packet that was lost three times.
    /// </summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a volfile connection may take over one call or one reply, and how long it may go without any answered call. Long
    /// enough for a large volfile over a slow line.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many connections may wait for their first header at once, and how many for their client to be let in; beyond that the
    /// oldest is closed. Each holds a descriptor.
    /// </summary>
    public int MaxUndecided { get; init; } = 1024;

    /// <summary>How many volfile connections may be open at once; beyond that new ones are closed. One mount holds one.</summary>
    public int MaxVolfileConnections { get; init; } = 16384;

    /// <summary>
    /// TCP port for volfiles only, the same for every unit of the pool on every node; null for none. Each unit of the pool on
    /// this node listens on it (SO_REUSEPORT), so it answers as long as one of them lives.
    /// </summary>
    public int? PoolPort { get; init; }

    /// <summary>
    /// Unit: TCP port for the volfiles of every pool of this node, the same on every node; null for none. Shared by all units of
    /// the node, so that it answers as long as one of them lives; a client needs to know nothing but the node's name. Where
    /// somebody else has it the unit goes without.
    /// </summary>
    public int? NodePort { get; init; }

    /// <summary>Most rounds: a client's list grows by what it does not know yet, and must stay short.</summary>
    public const int MaxServerRounds = 4;

    /// <summary>
    /// How often the list of servers that goes with a volfile goes round, 1 to <see cref="DaemonOptions.MaxServerRounds"/>.
    /// </summary>
    public int ServerRounds { get; init; } = 2;

    /// <summary>
    /// Under which names clients of certain networks reach the pool's hosts. The server list has the volfile's names for all
    /// others; where storage nodes have a network for clients of their own, these are of no use there.
    /// </summary>
    public ImmutableArray<AdvertisedNames> Advertise { get; init; } = [];

    /// <summary>
    /// Over how long the news of a changed volfile is spread at most. All clients of a pool fetch it again when they hear of it;
    /// half a second for thousands of them keeps that off the I/O.
    /// </summary>
    public TimeSpan NotifyWindow { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Unit: how many connections for I/O may be open at once; beyond that new ones are closed, those of the pool's nodes
    /// excepted. One mount holds one.
    /// </summary>
    public int MaxConnections { get; init; } = 16384;

    /// <summary>
    /// Unit: how long a connection for I/O may take until its client has been let in (SETVOLUME). Stock clients ask for that at
    /// once, and again while a graph comes up.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many connections of a kind, for volfiles or for I/O, one address may have. A hypervisor with hundreds of disks stays
    /// below it.
    /// </summary>
    public int MaxPerAddress { get; init; } = 4096;

    /// <summary>Which addresses may fetch volfiles.</summary>
    public AddressFilter Filter { get; init; } = AddressFilter.Everybody;

    /// <summary>Whether volfiles are fetched with TLS.</summary>
    public TlsMode Tls { get; init; }

    /// <summary>
    /// PEM file with the certificate of those who serve volfiles; null for GlusterFS's usual one, like the next two.
    /// </summary>
    public string? TlsCertificate { get; init; }

    /// <summary>PEM file with its key.</summary>
    public string? TlsKey { get; init; }

    /// <summary>PEM file with the certificates of those who sign clients'.</summary>
    public string? TlsAuthorities { get; init; }

    /// <summary>Names in certificates that may fetch volfiles; empty for all that are signed.</summary>
    public ImmutableArray<string> TlsAllow { get; init; } = [];

    /// <summary>Path of a unix socket for volfiles, for clients on this machine; null for none.</summary>
    public string? Socket { get; init; }

    /// <summary>Path of the access log, one line for each fetched volfile; null for none.</summary>
    public string? AccessLog { get; init; }

    /// <summary>How its lines are written.</summary>
    public LogFormat AccessLogFormat { get; init; }

    /// <summary>
    /// How long operations in progress may take after the unit was told to stop, before it stops without their answers.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
