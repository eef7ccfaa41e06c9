using System.Net;

namespace KadaluFsd.Hosting.Options;

/// <summary>An IPv4 or IPv6 address.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AddressAttribute() : ParsedTextAttribute(Check)
{
    private static void Check(string text)
    {
        // .NET takes "1" for 0.0.0.1.
        if (!IPAddress.TryParse(text, out IPAddress? address) || (!text.Contains(':') && address.ToString() != text))
        {
            throw new FormatException("an address, such as 127.0.9.1 or fd00::1");
        }
    }
}
