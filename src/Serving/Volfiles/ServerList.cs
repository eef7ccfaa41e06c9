using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KadaluFsd.Rpc.Gluster;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>The list of servers that a client tries when the one it fetched from does not answer.</summary>
/// <remarks>
/// GlusterFS 10's FUSE client walks its list once, stays with the last entry, and skips an entry whose name it has already. So
/// hosts are repeated under names that differ as text and mean the same host. The client also keeps the port of its first server
/// whatever the list says: so there is a list only where the pool has one port on every node.
/// </remarks>
/// <param name="port">The pool's port; null to send no list.</param>
/// <param name="rounds">How often each host is listed, 1 to <see cref="MaxRounds"/>.</param>
/// <param name="networks">Host names for clients of certain networks, instead of the volfile's.</param>
internal sealed class ServerList(int? port, int rounds, params ImmutableArray<AdvertisedNames> networks)
{
    /// <summary>Highest number of rounds.</summary>
    internal const int MaxRounds = 16;

    // The key that 10.x reads, and the one that later versions read first.
    private static readonly string[] s_keys = ["servers-list", "cluster.brick-vol-servers"];

    /// <summary>No list at all.</summary>
    internal static ServerList None { get; } = new(null, 1);

    internal int NetworkCount => networks.Length;

    /// <summary>Which network a client is in.</summary>
    /// <param name="address">The client's address; null for one on a unix socket.</param>
    /// <returns>The index of the network; -1 for none that has host names of its own.</returns>
    internal int NetworkOf(IPAddress? address)
    {
        for (int index = 0; index < networks.Length && address is not null; index++)
        {
            if (networks[index].Network.Contains(address))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>The list for a pool.</summary>
    /// <param name="hosts">The pool's hosts, as its volfile names them.</param>
    /// <param name="network">The network of the client, from <see cref="NetworkOf"/>.</param>
    /// <returns>The dict for GETSPEC's reply; null to send none.</returns>
    internal GlusterDict? For(ImmutableArray<string> hosts, int network = -1)
    {
        if (network >= 0 && !hosts.IsEmpty)
        {
            hosts = networks[network].Hosts;
        }

        if (port is null || hosts.IsEmpty)
        {
            return null;
        }

        var entries = new List<string>();
        for (int round = 0; round < rounds; round++)
        {
            entries.AddRange(hosts.Take(AdvertisedNames.MaxHosts).Select(host => Alias(host, round)).OfType<string>());
        }

        string text =
            string.Concat(entries.Distinct().Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry}:{port} ")));
        GlusterDict dict = GlusterDict.Empty;
        foreach (string key in s_keys)
        {
            dict = dict.Add(key, text);
        }

        return dict;
    }

    /// <summary>Another spelling of a host.</summary>
    /// <param name="host">A name, or an IPv4 address.</param>
    /// <param name="round">0 for the usual spelling.</param>
    /// <returns>The spelling; null where there is no further one. An IPv6 address has none at all: clients take its first colon
    /// for the port's.</returns>
    internal static string? Alias(string host, int round)
    {
        if (!IPAddress.TryParse(host, out IPAddress? address))
        {
            return round == 0 ? host : FlipCase(host, round);
        }

        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return null;
        }

        // The digits of the round in base 4 say how the first numbers are written.
        byte[] parts = address.GetAddressBytes();
        return string.Join('.', parts.Select((part, index) => Spell(part, round >> (2 * index) & 3)));
    }

    // inet_aton(3) reads each number in decimal, octal or hexadecimal.
    private static string Spell(byte part, int kind) => kind switch
    {
        0 => $"{part}",
        1 => $"0x{part:x}",
        2 => $"0{Convert.ToString(part, 8)}",
        _ => $"0X{part:X}",
    };

    // Host names are case-insensitive; strcmp(3) is not. The bits of the round say which of the first letters change case.
    private static string? FlipCase(string host, int round)
    {
        var text = new StringBuilder(host);
        int letters = 0;
        for (int index = 0; index < text.Length && round >> letters != 0; index++)
        {
            if (char.IsAsciiLetter(text[index]))
            {
                if ((round >> letters & 1) != 0)
                {
                    text[index] = (char)(text[index] ^ ' ');
                }

                letters++;
            }
        }

        return round >> letters == 0 ? text.ToString() : null;
    }
}
