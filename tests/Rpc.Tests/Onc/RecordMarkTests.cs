using System.Buffers;
using System.Buffers.Binary;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Shared;

namespace KadaluFsd.Rpc.Tests.Onc;

public class RecordMarkTests
{
    [Fact]
    public void Nothing_is_taken_before_the_last_byte_is_there()
    {
        byte[] record = Golden.Read("getspec-fuse-call");
        for (int length = 0; length < record.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(record, 0, length);
            Assert.False(RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Fact]
    public void A_record_is_the_same_at_every_split()
    {
        byte[] record = Golden.Read("getspec-fuse-call");
        for (int offset = 0; offset <= record.Length; offset++)
        {
            ReadOnlySequence<byte> buffer = SplitSequence.At([.. record, 9, 9], offset);
            Assert.True(RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out ReadOnlyMemory<byte> body));
            Assert.Equal(record[4..], body.ToArray());
            Assert.Equal([9, 9], buffer.ToArray());
        }
    }

    [Fact]
    public void Fragments_are_joined_at_every_cut_and_every_split()
    {
        byte[] body = Golden.Read("ping-call")[4..];
        for (int cut = 0; cut <= body.Length; cut++)
        {
            byte[] stream =
                [.. Mark(cut, false), .. body[..cut], .. Mark(0, false), .. Mark(body.Length - cut, true), .. body[cut..], 7];
            for (int offset = 0; offset <= stream.Length; offset++)
            {
                ReadOnlySequence<byte> buffer = SplitSequence.At(stream, offset);
                Assert.True(RecordMark.TryRead(ref buffer, RpcLimits.MaxCallRecord, out ReadOnlyMemory<byte> joined));
                Assert.Equal(body, joined.ToArray());
                Assert.Equal([7], buffer.ToArray());
            }
        }
    }

    [Fact]
    public void A_record_over_the_limit_is_refused_by_its_mark_alone()
    {
        var buffer = new ReadOnlySequence<byte>(Mark(101, true));
        Assert.Throws<ProtocolException>(() => RecordMark.TryRead(ref buffer, 100, out _));
    }

    [Fact]
    public void Fragments_that_add_up_over_the_limit_are_refused()
    {
        var buffer = new ReadOnlySequence<byte>([.. Mark(60, false), .. new byte[60], .. Mark(41, true)]);
        Assert.Throws<ProtocolException>(() => RecordMark.TryRead(ref buffer, 100, out _));
    }

    [Fact]
    public void An_empty_record_is_refused()
    {
        var buffer = new ReadOnlySequence<byte>(Mark(0, true));
        Assert.Throws<ProtocolException>(() => RecordMark.TryRead(ref buffer, 100, out _));
    }

    [Fact]
    public void Empty_fragments_without_end_are_refused()
    {
        byte[] marks = [.. Enumerable.Range(0, RpcLimits.MaxFragments + 1).SelectMany(_ => Mark(0, false))];
        var buffer = new ReadOnlySequence<byte>(marks);
        Assert.Throws<ProtocolException>(() => RecordMark.TryRead(ref buffer, 100, out _));
    }

    [Fact]
    public void A_built_record_can_be_read_and_grows_as_needed()
    {
        byte[] body = [.. Enumerable.Range(0, 100_000).Select(value => (byte)value)];
        using var record = new RecordBuffer();
        record.Write(body);
        int length = record.Length;
        record.Write<byte>([1, 2, 3]);
        record.Truncate(length);

        var buffer = new ReadOnlySequence<byte>(record.Complete().ToArray());
        Assert.True(RecordMark.TryRead(ref buffer, body.Length, out ReadOnlyMemory<byte> read));
        Assert.Equal(body, read.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => record.Truncate(length + 1));
    }

    private static byte[] Mark(int length, bool last)
    {
        byte[] mark = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(mark, (uint)length | (last ? 0x8000_0000 : 0));
        return mark;
    }
}
