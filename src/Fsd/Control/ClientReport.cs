using System.Net;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Native;

namespace KadaluFsd.Fsd.Control;

/// <summary>Who is connected to a unit.</summary>
/// <param name="Data">Clients of the graph: mounts, heal daemons, programs.</param>
/// <param name="Volfile">Connections on which volfiles were fetched; a mount has one of these too, to any unit of the pool.</param>
internal sealed record ClientReport(DataClient[] Data, VolfileClient[] Volfile)
{
    /// <summary>Looks who is there.</summary>
    /// <param name="context">The graph.</param>
    /// <param name="volfiles">The volfile connections.</param>
    /// <returns>Everybody.</returns>
    internal static ClientReport Of(GlusterContext context, VolfileServer volfiles)
    {
        VolfileClient[] fetchers =
        [
            .. volfiles.Connections.Open(_ => true).Select(connection => (VolfilePeer)connection.Peer).Select(peer => new VolfileClient(
                peer.Address, peer.ConnectedAt, [.. peer.Held.Select(held => new HeldByClient(held.Key, held.Hash, volfiles.Store.Find(held.Key)?.Hash == held.Hash))])),
        ];
        return new ClientReport([.. context.GetClients().Select(client => new DataClient(client, FindVolfile(client, fetchers)))], fetchers);
    }

    /// <summary>How many hold a volfile that is not the one that is served now.</summary>
    /// <param name="volfiles">The volfile connections.</param>
    /// <returns>The number of connections.</returns>
    internal static int CountOutdated(VolfileServer volfiles) => volfiles.Connections.Open(_ => true).Select(connection => (VolfilePeer)connection.Peer)
        .Count(peer => peer.Held.Any(held => volfiles.Store.Find(held.Key) is { } now && now.Hash != held.Hash));

    // The two connections of one process share its address only. Where several processes there hold different texts, it cannot be told.
    private static HeldByClient? FindVolfile(GraphClient client, VolfileClient[] fetchers)
    {
        string key = client.Volfile.TrimStart('/');
        string address = HostOf(client.Address);
        HeldByClient[] held = [.. fetchers.Where(fetcher => HostOf(fetcher.Address) == address).SelectMany(fetcher => fetcher.Volfiles).Where(volfile => volfile.Key == key).Distinct()];
        return held.Length == 1 ? held[0] : null;
    }

    private static string HostOf(string address) =>
        IPEndPoint.TryParse(address, out IPEndPoint? endPoint) ? endPoint.Address.ToString() : address.LastIndexOf(':') is >= 0 and int colon ? address[..colon] : address;
}

/// <summary>A client of the graph.</summary>
/// <param name="Id">GlusterFS's id: it has the client's host, process id and volume.</param>
/// <param name="Address">Its address and port.</param>
/// <param name="Process">What it calls itself, such as <c>fuse</c>.</param>
/// <param name="Version">Of its GlusterFS.</param>
/// <param name="OpVersion">The newest protocol it speaks.</param>
/// <param name="Subdirectory">What it has mounted; empty for all.</param>
/// <param name="ConnectedAt">Since when, UTC.</param>
/// <param name="BytesReceived">From it, on this connection.</param>
/// <param name="BytesSent">To it.</param>
/// <param name="VolfileKey">The volfile it runs; empty when it does not say.</param>
/// <param name="Volfile">The text of that it holds; null where it fetched it elsewhere, or cannot be told from others.</param>
internal sealed record DataClient(
    string Id, string Address, string Process, string Version, long OpVersion, string Subdirectory, DateTime ConnectedAt, long BytesReceived, long BytesSent,
    string VolfileKey, HeldByClient? Volfile)
{
    /// <summary>Puts it together.</summary>
    /// <param name="client">What the graph knows.</param>
    /// <param name="volfile">What it holds.</param>
    internal DataClient(GraphClient client, HeldByClient? volfile)
        : this(
            client.Id, client.Address, client.Process, client.Version, client.OpVersion, client.Subdirectory, client.ConnectedAt, client.BytesReceived, client.BytesSent,
            client.Volfile, volfile)
    {
    }
}

/// <summary>A connection on which volfiles were fetched.</summary>
/// <param name="Address">The client's address and port.</param>
/// <param name="ConnectedAt">Since when, UTC.</param>
/// <param name="Volfiles">What it holds.</param>
internal sealed record VolfileClient(string Address, DateTime ConnectedAt, HeldByClient[] Volfiles);

/// <summary>A volfile in a client's hands.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Sha256">What was sent to the client last.</param>
/// <param name="IsCurrent">Whether that is what is served now.</param>
internal sealed record HeldByClient(string Key, string Sha256, bool IsCurrent);
