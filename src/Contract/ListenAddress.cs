using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using KadaluFsd.Volgen;

namespace KadaluFsd.Contract;

/// <summary>Where a process listens by TCP.</summary>
/// <param name="Addresses">Its addresses; none for every IPv4 and IPv6 address.</param>
/// <param name="Port">The port, 1 to 65535.</param>
public sealed record ListenAddress(ImmutableArray<IPAddress> Addresses, int Port)
{
    /// <summary>Finds the addresses of a host.</summary>
    /// <param name="host">An address, or a name with one or several; null for every address.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <exception cref="CommandException">The name has no address.</exception>
    public static ListenAddress Resolve(string? host, int port)
    {
        try
        {
            return new ListenAddress(host is null ? [] : [.. Dns.GetHostAddresses(host).Distinct()], port);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw new CommandException(
                ExitCode.PortUnavailable, $"the bind address {host} is no address of this machine: {exception.Message}");
        }
    }

    /// <summary>Finds where a unit listens: what is asked for wins over its volfile.</summary>
    /// <param name="host">As for the other; null for the volfile's.</param>
    /// <param name="port">The port; null for the volfile's, or else GlusterFS's own.</param>
    /// <param name="inVolfile">See <see cref="UnitVolfile.ReadListenAddress"/>.</param>
    /// <exception cref="CommandException">The name has no address.</exception>
    public static ListenAddress ResolveForUnit(string? host, int? port, (string? Address, int? Port) inVolfile) =>
        Resolve(host ?? inVolfile.Address, port ?? inVolfile.Port ?? UnitVolfile.DefaultPort);

    /// <summary>The same addresses with another port.</summary>
    public ListenAddress At(int port) => this with { Port = port };
}
