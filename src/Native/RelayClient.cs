using System.Net;

namespace KadaluFsd.Native;

/// <summary>A client that asks for volfiles inside the graph's TLS (kfsd_relay_client of kfsd.h).</summary>
/// <param name="Fd">A connected, non-blocking socket with its decrypted bytes, owned by the caller. It ends when the client's
/// connection ends.</param>
/// <param name="Peer">The client's address; null on a unix socket.</param>
/// <param name="Name">The common name in its certificate.</param>
public readonly record struct RelayClient(int Fd, IPEndPoint? Peer, string Name);
