using System.Collections.Immutable;
using System.Net;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Which addresses may fetch volfiles. Immutable.</summary>
/// <remarks>
/// This machine and the pool's own nodes always may: a pool that locks its own nodes out cannot heal. Otherwise a denied address
/// may not, and where there is an allow list only who is on it may.
/// </remarks>
/// <param name="Allow">Networks that may; empty for all.</param>
/// <param name="Deny">Networks that may not.</param>
internal sealed record AddressFilter(ImmutableArray<IPNetwork> Allow, ImmutableArray<IPNetwork> Deny)
{
    /// <summary>Reads a list of networks.</summary>
    /// <param name="text">Addresses and networks in CIDR form, separated by commas; null for none.</param>
    /// <exception cref="FormatException">One of them is neither. An empty list is refused: everybody would be allowed.</exception>
    internal static ImmutableArray<IPNetwork> Parse(string? text) =>
        text is null ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries).Select(ParseOne)];

    /// <summary>Decides about an address.</summary>
    /// <param name="address">The address; null for a peer on a unix socket.</param>
    /// <param name="nodes">Addresses of the pool's own nodes.</param>
    /// <returns>Whether it may.</returns>
    internal bool Admits(IPAddress? address, IReadOnlySet<IPAddress> nodes)
    {
        if (address is null || IPAddress.IsLoopback(address) || nodes.Contains(address))
        {
            return true;
        }

        return !Deny.Any(network => network.Contains(address)) &&
            (Allow.IsEmpty || Allow.Any(network => network.Contains(address)));
    }

    private static IPNetwork ParseOne(string text)
    {
        if (IPAddress.TryParse(text, out IPAddress? address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(text, out IPNetwork network)
            ? network
            : throw new FormatException(
                $"a list of addresses and networks such as 192.0.2.7,10.0.0.0/8,2001:db8::/32 (\"{text}\" is neither)");
    }
}
