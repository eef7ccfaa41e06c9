using System.Buffers;
using System.Text;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;
using KadaluFsd.Shared;

namespace KadaluFsd.Rpc.Tests.Gluster;

/// <summary>Our decoders and encoders against what GlusterFS 10.3 really sends.</summary>
public class GoldenRecordTests
{
    public static TheoryData<string> GetSpecCalls => Records("getspec", "-call");

    public static TheoryData<string> GetSpecReplies => Records("getspec", "-reply");

    [Theory]
    [InlineData("getspec-fuse-call", 1u, "/wv", null)]
    [InlineData("getspec-gfapi-call", 1u, "wv", null)]
    [InlineData("getspec-brick-call", 0u, "wv.", "/d/")]
    public void A_fetch_is_understood(string name, uint flags, string key, string? brick)
    {
        (_, GetSpecCall call) = ReadCall(Body(name));
        Assert.Equal(flags, call.Flags);
        Assert.StartsWith(key, Encoding.UTF8.GetString(call.Key.Span), StringComparison.Ordinal);
        Assert.Equal("100000", call.Xdata.GetString("max-op-version"u8));
        Assert.Equal("1", call.Xdata.GetString("min-op-version"u8));
        Assert.StartsWith(brick ?? "", call.Xdata.GetString("brick_name"u8) ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(GetSpecCalls))]
    public void A_fetch_is_written_as_gluster_writes_it(string name)
    {
        ReadOnlyMemory<byte> body = Body(name);
        (CallHeader header, GetSpecCall call) = ReadCall(body);
        Assert.Equal(AuthFlavor.GlusterFsV2, header.CredentialFlavor);

        var buffer = new ArrayBufferWriter<byte>();
        var writer = new XdrWriter(buffer);
        header.Write(writer);
        call.Write(writer);
        Assert.Equal(Convert.ToHexString(body.ToArray()), Convert.ToHexString(buffer.WrittenSpan));
    }

    [Theory]
    [MemberData(nameof(GetSpecReplies))]
    public void A_volfile_is_written_as_gluster_writes_it(string name)
    {
        ReadOnlyMemory<byte> body = Body(name);
        (uint xid, GetSpecReply reply) = ReadReply(body);
        Assert.Equal(reply.Result < 0 ? 0 : reply.Result, reply.Spec.Length);
        if (reply.Result >= 0)
        {
            Assert.StartsWith("volume ", Encoding.UTF8.GetString(reply.Spec.Span), StringComparison.Ordinal);
        }

        var buffer = new ArrayBufferWriter<byte>();
        var writer = new XdrWriter(buffer);
        ReplyHeader.WriteAccepted(writer, xid, AcceptStatus.Success);
        reply.Write(writer);
        Assert.Equal(Convert.ToHexString(body.ToArray()), Convert.ToHexString(buffer.WrittenSpan));
    }

    [Fact]
    public void Our_answer_is_the_one_glusterd_gave()
    {
        (_, GetSpecReply captured) = ReadReply(Body("getspec-fuse-reply"));
        var programs = new RpcProgramTable(new GetSpecProcedure((_, _) => GetSpecReply.Found(captured.Spec).Encode()));
        using var reply = new RecordBuffer();
        programs.Dispatch(Body("getspec-fuse-call"), new RpcPeer("test"), reply);
        Assert.Equal(
            Convert.ToHexString(Golden.Read("getspec-fuse-reply")),
            Convert.ToHexString([.. reply.Complete().Span, .. reply.Tail.Span]));
    }

    [Theory]
    [InlineData("ping-call", "ping-reply")]
    [InlineData("portbybrick-call", "portbybrick-reply")]
    [InlineData("dump-call", "dump-reply")]
    public void Pings_ports_and_dumps_are_answered_as_glusterd_does(string call, string expected)
    {
        var programs = new RpcProgramTable(
            new PingProcedure(GlusterPrograms.Dump, GlusterPrograms.DumpVersion, GlusterPrograms.DumpPing),
            new PortByBrickProcedure(directory => directory == "/d/b/b1" ? 0xd348 : null),
            new DumpProcedure(
                new ProgramDetail("GF-DUMP", GlusterPrograms.Dump, 1),
                new ProgramDetail("GlusterD svc peer", 1238437, 2),
                new ProgramDetail("GlusterD svc cli read-only", 1238463, 2),
                new ProgramDetail("GlusterD svc mgmt", 1238433, 2),
                new ProgramDetail("GlusterD svc mgmt v3", 1238433, 3),
                new ProgramDetail("Gluster Portmap", GlusterPrograms.Portmap, 1),
                new ProgramDetail("Gluster Handshake", GlusterPrograms.Handshake, 2),
                new ProgramDetail("Gluster MGMT Handshake", 1239873, 1)));
        using var reply = new RecordBuffer();
        Assert.Equal(AcceptStatus.Success, programs.Dispatch(Body(call), new RpcPeer("test"), reply).Status);
        Assert.Equal(Convert.ToHexString(Golden.Read(expected)), Convert.ToHexString(reply.Complete().Span));
    }

    [Fact]
    public void The_callback_is_the_one_glusterd_sends()
    {
        using var record = new RecordBuffer();
        FetchSpecCallback.Write(new XdrWriter(record), xid: 1);
        Assert.Equal(Convert.ToHexString(Golden.Read("fetchspec-callback")), Convert.ToHexString(record.Complete().Span));
    }

    [Theory]
    [InlineData("pool1", "00000000" + "00000000" + "00000000" + "0000003b")]
    [InlineData("other", "ffffffff" + "00000016" + "00000017")]
    public void A_volume_id_is_given_by_name(string name, string start)
    {
        var programs = new RpcProgramTable(
            new GetVolumeInfoProcedure(asked => asked == "pool1" ? Guid.Parse("9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11") : null));
        using var call = new RecordBuffer();
        var writer = new XdrWriter(call);
        new CallHeader(1, 2, GlusterPrograms.Handshake, 2, GlusterPrograms.GetVolumeInfo, AuthFlavor.None, default).Write(writer);
        writer.WriteOpaque(GlusterDict.Empty.Add("flags", "1").Add("volname", name).Encoded.Span);
        using var reply = new RecordBuffer();
        programs.Dispatch(call.Complete()[4..], new RpcPeer("test"), reply);
        Assert.StartsWith(start, Convert.ToHexStringLower(reply.Complete().Span[28..]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_list_is_understood()
    {
        (_, GetSpecReply reply) = ReadReply(Body("cluster-getspec-fuse-reply"));
        Assert.Matches("^[^ ]+:24007 $", reply.Xdata.GetString("cluster.brick-vol-servers"u8));
    }

    [Fact]
    public void Every_record_decodes_the_same_at_every_split()
    {
        foreach (string name in Golden.Names.Where(name => name.Contains("getspec", StringComparison.Ordinal)))
        {
            byte[] stream = Golden.Read(name);
            ReadOnlyMemory<byte> body = Body(name);
            bool isCall = name.EndsWith("-call", StringComparison.Ordinal);
            object whole = isCall ? Shape(ReadCall(body).Call) : Shape(ReadReply(body).Reply);
            for (int offset = 0; offset <= stream.Length; offset++)
            {
                ReadOnlySequence<byte> buffer = SplitSequence.At(stream, offset);
                Assert.True(RecordMark.TryRead(ref buffer, RpcLimits.MaxReplyRecord, out ReadOnlyMemory<byte> split));
                Assert.Equal(whole, isCall ? Shape(ReadCall(split).Call) : Shape(ReadReply(split).Reply));
            }
        }
    }

    [Fact]
    public void Every_record_cut_short_anywhere_is_refused()
    {
        foreach (string name in Golden.Names.Where(name => name.Contains("getspec", StringComparison.Ordinal)))
        {
            byte[] body = Body(name).ToArray();
            bool isCall = name.EndsWith("-call", StringComparison.Ordinal);
            for (int length = 0; length < body.Length; length++)
            {
                ReadOnlyMemory<byte> cut = body.AsMemory(0, length);
                Assert.Throws<ProtocolException>(() => _ = isCall ? (object)ReadCall(cut) : ReadReply(cut));
            }
        }
    }

    private static TheoryData<string> Records(string prefix, string suffix) =>
        [.. Golden.Names.Where(
            name => name.Contains(prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal))];

    private static string Shape(GetSpecCall call) =>
        $"{call.Flags} {Convert.ToHexString(call.Key.Span)} {Convert.ToHexString(call.Xdata.Encoded.Span)}";

    private static string Shape(GetSpecReply reply) =>
        $"{reply.Result} {reply.Errno} {Convert.ToHexString(reply.Spec.Span)} {Convert.ToHexString(reply.Xdata.Encoded.Span)}";

    private static ReadOnlyMemory<byte> Body(string name)
    {
        var buffer = new ReadOnlySequence<byte>(Golden.Read(name));
        Assert.True(RecordMark.TryRead(ref buffer, RpcLimits.MaxReplyRecord, out ReadOnlyMemory<byte> body));
        Assert.True(buffer.IsEmpty);
        return body;
    }

    private static (CallHeader Header, GetSpecCall Call) ReadCall(ReadOnlyMemory<byte> body)
    {
        var reader = new XdrReader(body);
        CallHeader header = CallHeader.Read(ref reader);
        return (header, GetSpecCall.Read(ref reader));
    }

    private static (uint Xid, GetSpecReply Reply) ReadReply(ReadOnlyMemory<byte> body)
    {
        var reader = new XdrReader(body);
        uint xid = reader.ReadUInt32();
        if (reader.ReadUInt32() != (uint)MessageType.Reply)
        {
            throw new ProtocolException("not a reply");
        }

        ReplyHeader.ExpectSuccess(ref reader);
        return (xid, GetSpecReply.Read(ref reader));
    }
}
