using System.Collections.Immutable;
using System.Net;
using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Onc;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>A volfile a client holds.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Hash">SHA-256 of the content that was sent last.</param>
public readonly record struct HeldVolfile(string Key, string Hash);

/// <summary>The peer of a volfile connection, and the volfiles that it holds.</summary>
/// <param name="endPoint">Its address; null for a peer on a unix socket.</param>
public sealed class VolfilePeer(IPEndPoint? endPoint) : RpcPeer(endPoint?.ToString() ?? "a local peer")
{
    private ImmutableArray<HeldVolfile> _held = [];

    // A client that fetches the same volfile again finds it recorded: see VolfileService.
    private StoredVolfile? _latest;

    /// <summary>Since when it has been connected, UTC.</summary>
    public DateTime ConnectedAt { get; } = DateTime.UtcNow;

    /// <summary>Its IP address; null on a unix socket.</summary>
    internal IPAddress? Ip { get; } = endPoint?.Address;

    /// <summary>Whether it is a process of this machine, by its address.</summary>
    internal bool IsLocal { get; } = endPoint is null || IPAddress.IsLoopback(endPoint.Address);

    /// <summary>The volfiles that were sent to it. From any thread.</summary>
    public ImmutableArray<HeldVolfile> Held => _held;

    /// <summary>
    /// Records a volfile that is being sent, on the connection's thread. Of too many keys the oldest is dropped.
    /// </summary>
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
