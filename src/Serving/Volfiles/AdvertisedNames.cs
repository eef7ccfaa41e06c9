using System.Collections.Immutable;
using System.Net;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Under which names the pool's hosts are reached from a network.</summary>
/// <param name="Network">The clients' network.</param>
/// <param name="Hosts">The names, in the order in which clients are to try them.</param>
internal sealed record AdvertisedNames(IPNetwork Network, ImmutableArray<string> Hosts)
{
    /// <summary>Most hosts: a client that tries a hundred takes minutes to find the one that lives.</summary>
    internal const int MaxHosts = 5;

    // mount.glusterfs of GlusterFS 10 takes no longer one.
    private const int MaxHostName = 64;

    private const string Expected =
        "networks with the names of hosts, such as 10.1.0.0/16=storage1-a,storage2-a;10.2.0.0/16=storage1-b,storage2-b";

    /// <summary>Reads a list of networks with names.</summary>
    /// <param name="text">The list; networks are separated by semicolons, names by commas.</param>
    /// <returns>The networks; the first that a client is in decides.</returns>
    /// <exception cref="FormatException">It is not such a list, or has names that clients cannot use; says which.</exception>
    internal static ImmutableArray<AdvertisedNames> Parse(string text)
    {
        ImmutableArray<AdvertisedNames> all =
            [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseOne)];
        return all.GroupBy(names => names.Network).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new FormatException($"{Expected} ({twice.Key} is there twice)")
            : all;
    }

    private static AdvertisedNames ParseOne(string text)
    {
        if (text.Split('=', StringSplitOptions.TrimEntries) is not [{ } network, { } names] ||
            !IPNetwork.TryParse(network, out IPNetwork parsed))
        {
            throw new FormatException($"{Expected} (\"{text}\" is not)");
        }

        ImmutableArray<string> hosts = [.. names.Split(',', StringSplitOptions.TrimEntries)];
        if (hosts.Length > MaxHosts)
        {
            throw new FormatException($"{Expected} ({network} has {hosts.Length} names; at most {MaxHosts} are of use)");
        }

        return hosts.FirstOrDefault(host => !IsUsable(host)) is { } unusable
            ? throw new FormatException(
                $"{Expected} (\"{unusable}\" is not a name or an IPv4 address of at most {MaxHostName} characters)")
            : new AdvertisedNames(parsed, hosts);
    }

    // Clients take the first colon for the port's: no IPv6 addresses.
    private static bool IsUsable(string host) =>
        host.Length <= MaxHostName && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4;
}
