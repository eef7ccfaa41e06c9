using System.ComponentModel.DataAnnotations;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Serving.Options;

/// <summary>How many connections there may be, and how long they may take.</summary>
public sealed class ConnectionOptions
{
    /// <summary>
    /// How long a new connection may take until the header of its first call is there. Stock clients send it at once; ten seconds
    /// are enough for a packet that was lost three times.
    /// </summary>
    [ConfigurationKeyName("header-timeout"), Seconds]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a volfile connection may take over one call or one reply, and how long it may go without any answered call. Long
    /// enough for a large volfile over a slow line.
    /// </summary>
    [ConfigurationKeyName("call-timeout"), Seconds]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Unit: how long a connection for I/O may take until its client is authenticated (SETVOLUME). Stock clients ask for that at
    /// once, and again while a graph comes up.
    /// </summary>
    [ConfigurationKeyName("handshake-timeout"), Seconds]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many connections may wait for their first header at once, and how many for their client to be authenticated; beyond that the
    /// oldest is closed. Each holds a descriptor.
    /// </summary>
    [ConfigurationKeyName("max-undecided"), Range(1, 1_000_000)]
    public int MaxUndecided { get; set; } = 1024;

    /// <summary>How many volfile connections may be open at once; beyond that new ones are closed. One mount holds one.</summary>
    [ConfigurationKeyName("max-volfile-connections"), Range(1, 1_000_000)]
    public int MaxVolfileConnections { get; set; } = 16384;

    /// <summary>
    /// Unit: how many connections for I/O may be open at once; beyond that new ones are closed, those of the pool's nodes
    /// excepted. One mount holds one.
    /// </summary>
    [ConfigurationKeyName("max-connections"), Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 16384;

    /// <summary>
    /// How many connections of a kind, for volfiles or for I/O, one address may have. A hypervisor with hundreds of disks stays
    /// below it.
    /// </summary>
    [ConfigurationKeyName("max-per-address"), Range(1, 1_000_000)]
    public int MaxPerAddress { get; set; } = 4096;

    /// <summary>Binds and checks them.</summary>
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    public static ConnectionOptions Of(GivenOptions given) =>
        given.Bind<ConnectionOptions>(static (values, options) => values.Bind(options), new ConnectionOptionsValidator());
}

/// <summary>Checks <see cref="ConnectionOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ConnectionOptionsValidator : IValidateOptions<ConnectionOptions>;
