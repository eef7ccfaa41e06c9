using System.Buffers.Binary;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Shared.Wire;

/// <summary>Records as they go over the wire, mark included.</summary>
internal static class RpcRecord
{
    /// <summary>A record of one fragment.</summary>
    internal static byte[] Of(XdrEncoder body)
    {
        using var record = new RecordBuffer();
        body(new XdrWriter(record));
        return [.. record.Complete().Span, .. record.Tail.Span];
    }

    /// <summary>A record of one fragment of these words.</summary>
    internal static byte[] Of(params uint[] words) => Of(writer =>
    {
        foreach (uint word in words)
        {
            writer.WriteUInt32(word);
        }
    });

    /// <summary>The same record in fragments, the last of which takes what the others leave.</summary>
    /// <param name="record">A record of one fragment.</param>
    /// <param name="lengths">How long the others are, in bytes.</param>
    internal static byte[] InFragments(byte[] record, params int[] lengths)
    {
        ReadOnlySpan<byte> rest = record.AsSpan(RecordMark.Size);
        var fragments = new List<byte>();
        byte[] mark = new byte[RecordMark.Size];
        foreach (int length in lengths)
        {
            BinaryPrimitives.WriteInt32BigEndian(mark, length);
            fragments.AddRange(mark);
            fragments.AddRange(rest[..length]);
            rest = rest[length..];
        }

        BinaryPrimitives.WriteUInt32BigEndian(mark, RecordMark.OfOneFragment(rest.Length));
        return [.. fragments, .. mark, .. rest];
    }

    /// <summary>A call.</summary>
    internal static byte[] Call(
        uint xid, uint program, uint version, uint procedure, XdrEncoder? arguments = null,
        AuthFlavor flavor = AuthFlavor.None) => Of(writer =>
        {
            new CallHeader(xid, CallHeader.SupportedRpcVersion, program, version, procedure, flavor, default).Write(writer);
            arguments?.Invoke(writer);
        });

    /// <summary>A call of GETSPEC.</summary>
    internal static byte[] GetSpec(uint xid, string key, bool wantsServers = false) => Call(
        xid, GlusterPrograms.Handshake, GlusterPrograms.HandshakeVersion, GlusterPrograms.GetSpec,
        new GetSpecCall(wantsServers ? GetSpecCall.WantsServers : 0, key, GlusterDict.Empty).Write);

    /// <summary>The reply to a call that was accepted and has succeeded.</summary>
    internal static byte[] Reply(uint xid, XdrEncoder results) => Of(writer =>
    {
        ReplyHeader.WriteAccepted(writer, xid, AcceptStatus.Success);
        results(writer);
    });
}
