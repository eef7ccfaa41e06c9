using System.Net;

namespace KadaluFsd.Native;

/// <summary>A client that asks for volfiles inside of the graph's TLS (kfsd_relay_client of kfsd.h).</summary>
/// <param name="Fd">A connected, non-blocking socket on which it says what it wants, as on one of its own; the caller's. Its end
/// is the client's.</param>
/// <param name="Peer">The client's address; null on a unix socket.</param>
/// <param name="Name">The common name in its certificate.</param>
public readonly record struct RelayClient(int Fd, IPEndPoint? Peer, string Name);
