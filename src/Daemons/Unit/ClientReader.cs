using System.Net;
using KadaluFsd.Contract;
using KadaluFsd.Native;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Reads the clients of a unit.</summary>
internal static class ClientReader
{
    internal static ClientReport Read(GlusterContext context, VolfileServer volfiles)
    {
        VolfileClient[] fetchers =
        [
            .. volfiles.Connections.Open().Select(open => new VolfileClient(
                open.Peer.Address, open.Peer.ConnectedAt,
                [.. open.Peer.Held.Select(
                    held => new HeldByClient(held.Key, held.Hash, volfiles.Store.Find(held.Key)?.Hash == held.Hash))])),
        ];
        return new ClientReport(
            [.. context.GetClients().Select(
                client => Describe(client, FindVolfile(client.Volfile, client.Address, fetchers)))],
            fetchers);
    }

    /// <summary>Counts the clients that hold an older volfile than is served now.</summary>
    /// <returns>The number of connections.</returns>
    internal static int CountOutdated(VolfileServer volfiles) =>
        volfiles.Connections.Open().Count(open =>
            open.Peer.Held.Any(held => volfiles.Store.Find(held.Key) is { } now && now.Hash != held.Hash));

    /// <summary>
    /// Finds the volfile that a client of the graph holds. The two connections of a client process have only the address in
    /// common: if several processes of an address hold different texts, they cannot be told apart.
    /// </summary>
    /// <param name="volfile">The key that the client says it runs.</param>
    /// <param name="clientAddress">Its address and port.</param>
    /// <returns>The volfile; null if it cannot be told.</returns>
    internal static HeldByClient? FindVolfile(string volfile, string clientAddress, VolfileClient[] fetchers)
    {
        string key = volfile.TrimStart('/');
        string address = HostOf(clientAddress);
        HeldByClient[] found =
            [.. fetchers.Where(fetcher => HostOf(fetcher.Address) == address).SelectMany(fetcher => fetcher.Volfiles)
                .Where(held => held.Key == key).Distinct()];
        return found.Length == 1 ? found[0] : null;
    }

    private static string HostOf(string address) =>
        IPEndPoint.TryParse(address, out IPEndPoint? endPoint)
            ? endPoint.Address.ToString()
            : address.LastIndexOf(':') is >= 0 and int colon ? address[..colon] : address;

    private static DataClient Describe(GraphClient client, HeldByClient? volfile) => new(
        client.Id, client.Address, client.Process, client.Version, client.OpVersion, client.Subdirectory, client.ConnectedAt,
        client.BytesReceived, client.BytesSent,
        client.Volfile, volfile);
}
