using System.Collections.Immutable;
using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Onc;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>A volfile a client holds.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Hash">Hash of the content that was sent last.</param>
internal readonly record struct HeldVolfile(string Key, string Hash);

/// <summary>The other end of a volfile connection, and what it holds.</summary>
/// <param name="address">Its address.</param>
internal sealed class VolfilePeer(string address) : RpcPeer(address)
{
    private ImmutableArray<HeldVolfile> _held = [];

    /// <summary>What was sent to it. Any thread may read this.</summary>
    internal ImmutableArray<HeldVolfile> Held => _held;

    /// <summary>Remembers what is being sent; on the connection's thread. Of too many keys the oldest is forgotten.</summary>
    /// <param name="volfile">The volfile.</param>
    internal void Remember(StoredVolfile volfile)
    {
        ImmutableArray<HeldVolfile> others = _held.RemoveAll(held => held.Key == volfile.Key);
        if (others.Length == RpcLimits.MaxKeysPerConnection)
        {
            others = others.RemoveAt(0);
        }

        ImmutableInterlocked.InterlockedExchange(ref _held, others.Add(new HeldVolfile(volfile.Key, volfile.Hash)));
    }
}
