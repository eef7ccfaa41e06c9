using System.ComponentModel.DataAnnotations;
using System.Net;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Serving.Options;

/// <summary>Where a process that serves volfiles listens.</summary>
public sealed class ListenOptions
{
    /// <summary>Unit: TCP port for volfiles and I/O; null for its volfile's.</summary>
    [ConfigurationKeyName(DaemonOptionTable.Port), Range(1, 65535)]
    public int? Port { get; set; }

    /// <summary>
    /// Unit: the address that its ports are on, or a name for one or several; null for its volfile's, or else every IPv4 and IPv6
    /// address.
    /// </summary>
    [ConfigurationKeyName(DaemonOptionTable.BindAddress), Host]
    public string? BindAddress { get; set; }

    /// <summary>
    /// TCP port for volfiles only, the same for every unit of the pool on every node; null for none. Each unit of the pool on
    /// this node listens on it (SO_REUSEPORT), so it answers as long as one of them lives.
    /// </summary>
    [ConfigurationKeyName("pool-port"), Range(1, 65535)]
    public int? PoolPort { get; set; }

    /// <summary>
    /// Unit: TCP port for the volfiles of every pool of this node, the same on every node; null for none. Shared by all units of
    /// the node, so that it answers as long as one of them lives; a client needs to know nothing but the node's name. Where
    /// somebody else has it the unit goes without.
    /// </summary>
    [ConfigurationKeyName("node-port"), Range(1, 65535)]
    public int? NodePort { get; set; }

    /// <summary>
    /// Unit: an address of this machine on which the pool's volfiles are on glusterd's port as well, for clients that know no other;
    /// null for none. The pool's units on this node share it. Where somebody else has it the unit goes without.
    /// </summary>
    [ConfigurationKeyName("alias"), Address]
    public string? Alias { get; set; }

    /// <summary>
    /// Gateway: where to listen. glusterd's port, which clients have built in, on loopback: nobody else is meant to use it.
    /// </summary>
    [ConfigurationKeyName("listen"), EndPoint]
    public string Gateway { get; set; } = "127.0.0.1:24007";

    /// <summary>Path of a unix socket for volfiles, for clients on this machine; null for none.</summary>
    [ConfigurationKeyName("socket")]
    public string? Socket { get; set; }

    /// <summary>Reads where a gateway listens.</summary>
    /// <returns>The address.</returns>
    internal IPEndPoint ParseGateway() => IPEndPoint.Parse(Gateway);

    /// <summary>Checks that no port for volfiles is a unit's own, which is not shared: it would wait for itself.</summary>
    /// <param name="port">The unit's port.</param>
    /// <exception cref="CommandException">One is.</exception>
    public void CheckPorts(int port)
    {
        foreach ((string name, int? other) in new[] { ("pool-port", PoolPort), ("node-port", NodePort) })
        {
            if (other == port)
            {
                throw new CommandException(ExitCode.Usage, $"port {port} is the unit's own: --{name} needs another");
            }
        }
    }

    /// <summary>Binds and checks them.</summary>
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    public static ListenOptions Of(GivenOptions given) =>
        given.Bind<ListenOptions>(static (values, options) => values.Bind(options), new ListenOptionsValidator());
}

/// <summary>Checks <see cref="ListenOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ListenOptionsValidator : IValidateOptions<ListenOptions>;
