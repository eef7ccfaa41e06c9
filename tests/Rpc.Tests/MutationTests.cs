using System.Buffers;
using System.Buffers.Binary;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;
using KadaluFsd.Shared;

namespace KadaluFsd.Rpc.Tests;

/// <summary>
/// Captured records with a few changes: either they are understood or they are refused, and no more is allocated than was sent.
/// </summary>
public class MutationTests
{
    private const int Count = 100_000;

    // What it takes whatever is sent: an exception, a reader, a reply.
    private const int Overhead = 32 * 1024;

    [Fact]
    public void Every_changed_call_is_answered_or_refused()
    {
        ReadOnlyMemory<byte> noEntry = GetSpecReply.Failed(GlusterErrno.NoEntry).Encode();
        var programs = new RpcProgramTable(
            new GetSpecProcedure((_, _) => noEntry),
            new GetVolumeInfoProcedure(name => name == "wv" ? Guid.Empty : null),
            new PortByBrickProcedure(directory => directory.Length),
            new DumpProcedure(new ProgramDetail("GF-DUMP", GlusterPrograms.Dump, GlusterPrograms.DumpVersion)),
            new PingProcedure(GlusterPrograms.Dump, GlusterPrograms.DumpVersion, GlusterPrograms.DumpPing));
        Property.Holds(ChangedRecord.AnyOf(Captured("-call")), Count, call => UnderstandOrRefuse(call, () =>
        {
            _ = CallPrefix.Inspect(call.Bytes);
            using var reply = new RecordBuffer();
            var buffer = new ReadOnlySequence<byte>(call.Bytes);
            while (RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out ReadOnlyMemory<byte> record))
            {
                reply.Reset();
                RpcOutcome outcome = programs.Dispatch(record, new RpcPeer("test"), reply);
                Assert.True(outcome.Status != AcceptStatus.SystemError, outcome.Error?.ToString());
                Assert.InRange(reply.Length + reply.Tail.Length, 20, 200);
            }
        }));
    }

    [Fact]
    public void Every_changed_reply_is_read_or_refused() =>
        Property.Holds(ChangedRecord.AnyOf(Captured("-reply", "getspec")), Count, reply => UnderstandOrRefuse(reply, () =>
        {
            var buffer = new ReadOnlySequence<byte>(reply.Bytes);
            while (RecordMark.TryRead(ref buffer, RpcLimits.MaxReplyRecord, out ReadOnlyMemory<byte> record))
            {
                var reader = new XdrReader(record);
                _ = reader.ReadUInt64();
                ReplyHeader.ExpectSuccess(ref reader);
                ReadOnlyMemory<byte> results = reader.Rest;
                var read = GetSpecReply.Read(ref reader);
                Assert.Equal(results.Length, read.Encode().Length);
                Assert.True(results.Span[12..].StartsWith(read.Spec.Span));
            }
        }));

    [Fact]
    public void Every_changed_dict_is_what_it_says_or_is_refused()
    {
        byte[] dict = GlusterDict.Empty.Add("max-op-version", "100000").Add("min-op-version", "1").Encoded.ToArray();
        Property.Holds(ChangedRecord.AnyOf([("a dict", dict)]), Count, changed => UnderstandOrRefuse(changed, () =>
        {
            var read = GlusterDict.Decode(changed.Bytes);
            Assert.Equal(changed.Bytes, Encode(read));
            _ = read.GetString("max-op-version"u8);
        }));
    }

    [Fact]
    public void Every_changed_stream_has_the_same_records_whole_and_in_pieces() =>
        Property.Holds(ChangedRecord.AnyOf(Captured("")), Count, stream =>
        {
            int split = stream.Changes[0].At % stream.Bytes.Length;
            Assert.Equal(
                Records(new ReadOnlySequence<byte>(stream.Bytes)), Records(SplitSequence.At(stream.Bytes, split)));
        });

    private static IEnumerable<(string Name, byte[] Bytes)> Captured(string ending, string part = "") =>
        Golden.Names.Where(
            name => name.EndsWith(ending, StringComparison.Ordinal) && name.Contains(part, StringComparison.Ordinal))
        .Select(name => (name, Golden.Read(name)));

    // What was sent may be copied a few times; what was only claimed may not be allocated at all.
    private static void UnderstandOrRefuse(ChangedRecord record, Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
        }
        catch (Exception exception) when (exception is ProtocolException or RpcRefusedException)
        {
            // The connection would be closed.
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Overhead + (8 * record.Bytes.Length));
    }

    // The records up to what is refused or not there yet, and which of the two it is.
    private static string Records(ReadOnlySequence<byte> stream)
    {
        string records = "";
        try
        {
            while (RecordMark.TryRead(ref stream, RpcLimits.MaxReplyRecord, out ReadOnlyMemory<byte> record))
            {
                records += Convert.ToHexStringLower(record.Span) + "\n";
            }

            return $"{records}and {stream.Length} bytes";
        }
        catch (ProtocolException exception)
        {
            return records + exception.Message;
        }
    }

    private static byte[] Encode(GlusterDict dict)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(dict.Encoded.IsEmpty ? [] : [dict.Count]);
        foreach (GlusterDict.Pair pair in dict)
        {
            Write(pair.Key.Length, pair.Value.Length);
            output.Write(pair.Key);
            output.Write("\0"u8);
            output.Write(pair.Value);
        }

        return output.WrittenSpan.ToArray();

        void Write(params ReadOnlySpan<int> words)
        {
            foreach (int word in words)
            {
                BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), word);
                output.Advance(4);
            }
        }
    }
}
