using System.Net;

namespace KadaluFsd.Hosting.Options;

/// <summary>An IPv4 or IPv6 address that one machine can have: no wildcard, no multicast, no scope.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AddressAttribute() : ParsedTextAttribute(Check)
{
    private static void Check(string text)
    {
        // .NET takes "1" for 0.0.0.1, and brackets.
        bool isAddress = IPAddress.TryParse(text, out IPAddress? address) && address.ToString() == text;
        if (!isAddress || text.Contains('%', StringComparison.Ordinal) || IsForMany(address!))
        {
            throw new FormatException("an address of this machine, such as 127.0.9.1 or fd00::1");
        }
    }

    private static bool IsForMany(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Broadcast) ||
        address.IsIPv4MappedToIPv6 || address.IsIPv6Multicast || address.GetAddressBytes() is [>= 224 and <= 239, _, _, _];
}
