using System.Buffers;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Gluster;

// rpc/xdr/src/glusterfs3-xdr.x: struct gf_getspec_rsp { int op_ret; int op_errno; string spec<>; opaque xdata<>; };

/// <summary>Results of GETSPEC: a volfile, or why there is none.</summary>
/// <param name="Result">op_ret: length of the volfile in bytes, or -1.</param>
/// <param name="Errno">op_errno, see <see cref="GlusterErrno"/>; means something only when <paramref name="Result"/> is
/// -1.</param>
/// <param name="Spec">The volfile; empty when there is none.</param>
/// <param name="Xdata">A server list, when one was asked for.</param>
public readonly record struct GetSpecReply(int Result, int Errno, ReadOnlyMemory<byte> Spec, GlusterDict Xdata)
{
    /// <summary>A volfile.</summary>
    /// <param name="spec">Its bytes, at most <see cref="RpcLimits.MaxVolfile"/>.</param>
    public static GetSpecReply Found(ReadOnlyMemory<byte> spec) => new(spec.Length, 0, spec, GlusterDict.Empty);

    /// <summary>The results as they go over the wire, to be sent again and again.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(Spec.Length + 64);
        Write(new XdrWriter(output));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A refusal.</summary>
    /// <param name="errno">The reason, see <see cref="GlusterErrno"/>.</param>
    public static GetSpecReply Failed(int errno) => new(-1, errno, default, GlusterDict.Empty);

    /// <summary>Reads the results, copied out of the record.</summary>
    /// <param name="reader">Behind the reply's header.</param>
    public static GetSpecReply Read(ref XdrReader reader)
    {
        int result = reader.ReadInt32();
        int errno = reader.ReadInt32();
        byte[] spec = reader.ReadOpaque(RpcLimits.MaxVolfile).ToArray();
        byte[] xdata = reader.ReadOpaque(RpcLimits.MaxDict).ToArray();
        reader.ExpectEnd();
        return new GetSpecReply(result, errno, spec, GlusterDict.Decode(xdata));
    }

    /// <summary>Writes the results.</summary>
    /// <param name="writer">Behind the reply's header.</param>
    public void Write(XdrWriter writer)
    {
        writer.WriteInt32(Result);
        writer.WriteInt32(Errno);
        writer.WriteOpaque(Spec.Span);
        writer.WriteOpaque(Xdata.Encoded.Span);
    }
}
