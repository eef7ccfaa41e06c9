using System.Text;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Gluster;

// rpc/xdr/src/glusterfs3-xdr.x: struct gf_getspec_req { unsigned int flags; string key<>; opaque xdata<>; };

/// <summary>Arguments of GETSPEC: which volfile a client wants.</summary>
/// <param name="Flags">1 when the client also wants a list of servers (FUSE and libgfapi), else 0.</param>
/// <param name="Key">The volfile's key as sent, such as <c>pool1</c>, <c>/pool1</c> or <c>shd/pool1</c>. Any bytes: what is a
/// legal key is for the volfile service to say. When read, a slice of the record.</param>
/// <param name="Xdata">min-op-version, max-op-version, brick_name. When read, a slice of the record.</param>
public readonly record struct GetSpecCall(uint Flags, ReadOnlyMemory<byte> Key, GlusterDict Xdata)
{
    /// <summary>The bit of <see cref="Flags"/> that asks for a server list.</summary>
    public const uint WantsServers = 1;

    /// <summary>Arguments to be sent.</summary>
    /// <param name="flags">See <see cref="Flags"/>.</param>
    /// <param name="xdata">See <see cref="Xdata"/>.</param>
    public GetSpecCall(uint flags, string key, GlusterDict xdata)
        : this(flags, Encoding.UTF8.GetBytes(key), xdata)
    {
    }

    /// <summary>Reads the arguments.</summary>
    /// <param name="reader">Behind the call's header.</param>
    /// <returns>The arguments; valid as long as the record is.</returns>
    public static GetSpecCall Read(ref XdrReader reader)
    {
        uint flags = reader.ReadUInt32();
        ReadOnlyMemory<byte> key = reader.ReadOpaque(RpcLimits.MaxVolfileKey);
        ReadOnlyMemory<byte> xdata = reader.ReadOpaque(RpcLimits.MaxDict);
        reader.ExpectEnd();
        return new GetSpecCall(flags, key, GlusterDict.Decode(xdata));
    }

    /// <summary>Writes the arguments.</summary>
    /// <param name="writer">Behind the call's header.</param>
    public void Write(XdrWriter writer)
    {
        writer.WriteUInt32(Flags);
        writer.WriteOpaque(Key.Span);
        writer.WriteOpaque(Xdata.Encoded.Span);
    }
}
