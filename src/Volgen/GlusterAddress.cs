using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KadaluFsd.Volgen;

/// <summary>
/// Addresses of peers as GlusterFS reads them (libglusterfs/src/common-utils.c, valid_internet_address; options.c).
/// </summary>
public static class GlusterAddress
{
    private const int MaxHostName = 255;
    private const int MaxPrefix = 32;

    /// <summary>A host as it stands before a colon and a port: an IPv6 address in brackets.</summary>
    public static string BeforePort(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
    }

    /// <summary>A host and a port, <c>HOST:PORT</c>.</summary>
    public static string WithPort(string host, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{BeforePort(host)}:{port}");

    /// <summary>
    /// Whether a text is a list of addresses separated by commas, or of directories with addresses, <c>/dir(address|address)</c>.
    /// </summary>
    public static bool IsList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] items = text.Split(',', StringSplitOptions.RemoveEmptyEntries);
        return items.Length > 0 && items.All(item => item.StartsWith('/') ? IsDirectoryWithAddresses(item) : IsPattern(item));
    }

    /// <summary>Whether a text is the address or the name of a host.</summary>
    public static bool IsHost(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsIPv4(text, mayHaveStars: false) || IsIPv6(text) || IsName(text);
    }

    private static bool IsPattern(string text) =>
        text == "*" || IsHost(text) || IsIPv4(text, mayHaveStars: true) || IsNetwork(text) || IsIPv6(text.Replace('*', '0'));

    private static bool IsDirectoryWithAddresses(string item)
    {
        int open = item.IndexOf('(', StringComparison.Ordinal);
        return open > 0 && item.EndsWith(')') && item[(open + 1)..^1]
            .Split('|', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } addresses && addresses.All(IsPattern);
    }

    // A star stands for one part, or for all parts that are left out.
    private static bool IsIPv4(string text, bool mayHaveStars)
    {
        string[] parts = text.Split('.');
        return (parts.Length == 4 || (mayHaveStars && parts.Length < 4 && parts.Contains("*"))) &&
            parts.All(
                part => (mayHaveStars && part == "*") ||
                (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= byte.MaxValue));
    }

    private static bool IsNetwork(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2 && IsIPv4(parts[0], mayHaveStars: true) &&
            int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int prefix) &&
            prefix is > 0 and <= MaxPrefix;
    }

    // Neither in brackets nor with a scope.
    private static bool IsIPv6(string text) =>
        text.Contains(':', StringComparison.Ordinal) &&
        text.All(character => char.IsAsciiHexDigit(character) || character is ':' or '.') &&
        IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    // An invalid address is not taken for a name.
    private static bool IsName(string text) =>
        text.Length is > 0 and <= MaxHostName && !text.All(character => char.IsAsciiDigit(character) || character == '.') &&
        text.Split('.')
        .All(label =>
            label.Length > 0 && char.IsAsciiLetterOrDigit(label[0]) && char.IsAsciiLetterOrDigit(label[^1]) &&
            label.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'));
}
