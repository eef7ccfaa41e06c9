using System.Buffers;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Tests.Xdr;

public class XdrTests
{
    [Fact]
    public void Every_type_comes_back_as_it_was_written()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new XdrWriter(buffer);
        writer.WriteUInt32(uint.MaxValue);
        writer.WriteInt32(int.MinValue);
        writer.WriteUInt64(0x0123_4567_89ab_cdef);
        writer.WriteString("pööl");
        writer.WriteOpaque([1, 2, 3]);
        writer.WriteString("");
        byte[] bytes = buffer.WrittenSpan.ToArray();
        Assert.Equal(0, bytes.Length % 4);

        var reader = new XdrReader(bytes);
        Assert.Equal(bytes.Length, reader.Remaining);
        Assert.Equal(uint.MaxValue, reader.ReadUInt32());
        Assert.Equal(int.MinValue, reader.ReadInt32());
        Assert.Equal(0x0123_4567_89ab_cdefUL, reader.ReadUInt64());
        Assert.Equal("pööl", reader.ReadString(100));
        Assert.Equal([1, 2, 3], reader.ReadOpaque(3).ToArray());
        Assert.Equal("", reader.ReadString(0));
        reader.ExpectEnd();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Opaque_is_padded_with_zeros_to_four_bytes(int length)
    {
        var buffer = new ArrayBufferWriter<byte>();
        new XdrWriter(buffer).WriteOpaque(Enumerable.Repeat((byte)0xff, length).ToArray());

        Assert.Equal(4 + ((length + 3) / 4 * 4), buffer.WrittenCount);
        Assert.All(buffer.WrittenSpan[(4 + length)..].ToArray(), padding => Assert.Equal(0, padding));
    }

    [Fact]
    public void Numbers_are_big_endian()
    {
        var buffer = new ArrayBufferWriter<byte>();
        new XdrWriter(buffer).WriteUInt32(0x0102_0304);
        Assert.Equal([1, 2, 3, 4], buffer.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData("00000005 0102030400", 4)]
    [InlineData("ffffffff", int.MaxValue)]
    [InlineData("80000000", int.MaxValue)]
    [InlineData("00000005 01020304", 100)]
    [InlineData("00000003 010203", 100)]
    [InlineData("000000", 100)]
    public void Opaque_over_the_limit_or_the_bytes_there_is_refused(string hex, int limit) =>
        Assert.Throws<ProtocolException>(() => new XdrReader(Bytes(hex)).ReadOpaque(limit));

    [Fact]
    public void A_claimed_length_allocates_nothing()
    {
        byte[] claim = Bytes("7fffffff 00000000");
        Assert.Throws<ProtocolException>(() => new XdrReader(claim).ReadOpaque(int.MaxValue));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ProtocolException>(() => new XdrReader(claim).ReadOpaque(int.MaxValue));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void A_string_that_is_not_utf8_is_refused() =>
        Assert.Throws<ProtocolException>(() => new XdrReader(Bytes("00000002 c3280000")).ReadString(100));

    [Fact]
    public void Surplus_bytes_are_refused() =>
        Assert.Throws<ProtocolException>(() => new XdrReader(Bytes("00000000")).ExpectEnd());

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
