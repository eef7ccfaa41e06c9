using System.Collections.Immutable;
using System.Net;
using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Onc;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>A volfile a client holds.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Hash">Hash of the content that was sent last.</param>
public readonly record struct HeldVolfile(string Key, string Hash);

/// <summary>The other end of a volfile connection, and what it holds.</summary>
/// <param name="endPoint">Its address; null for a peer on a unix socket.</param>
public sealed class VolfilePeer(IPEndPoint? endPoint) : RpcPeer(endPoint?.ToString() ?? "a local peer")
{
    private ImmutableArray<HeldVolfile> _held = [];
    private StoredVolfile? _latest;

    /// <summary>Since when it has been connected, UTC.</summary>
    public DateTime ConnectedAt { get; } = DateTime.UtcNow;

    /// <summary>Its IP address; null on a unix socket.</summary>
    internal IPAddress? Ip { get; } = endPoint?.Address;

    /// <summary>Whether it is a process of this machine, as far as its address tells.</summary>
    internal bool IsLocal { get; } = endPoint is null || IPAddress.IsLoopback(endPoint.Address);

    /// <summary>What was sent to it. Any thread may read this.</summary>
    public ImmutableArray<HeldVolfile> Held => _held;

    /// <summary>Remembers what is being sent; on the connection's thread. Of too many keys the oldest is forgotten.</summary>
    internal void Remember(StoredVolfile volfile)
    {
        if (ReferenceEquals(volfile, _latest))
        {
            return;
        }

        _latest = volfile;

        ImmutableArray<HeldVolfile> others = _held.RemoveAll(held => held.Key == volfile.Key);
        if (others.Length == RpcLimits.MaxKeysPerConnection)
        {
            others = others.RemoveAt(0);
        }

        ImmutableInterlocked.InterlockedExchange(ref _held, others.Add(new HeldVolfile(volfile.Key, volfile.Hash)));
    }
}
