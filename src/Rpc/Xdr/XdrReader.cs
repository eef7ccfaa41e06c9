using System.Buffers;
using System.Text;

namespace KadaluFsd.Rpc.Xdr;

/// <summary>Reads XDR (RFC 4506) from bytes that are all there already. Never waits, never copies more than is asked for.</summary>
/// <remarks>Anything that does not fit throws <see cref="ProtocolException"/>; the position is then undefined.</remarks>
public ref struct XdrReader
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private SequenceReader<byte> _reader;

    /// <summary>Reads <paramref name="bytes"/>, which must stay valid while this reader and what it returns are in use.</summary>
    /// <param name="bytes">One record or a part of one.</param>
    public XdrReader(ReadOnlySequence<byte> bytes) => _reader = new SequenceReader<byte>(bytes);

    /// <summary>Bytes not read yet.</summary>
    public readonly long Remaining => _reader.Remaining;

    /// <summary>Unsigned integer, RFC 4506 section 4.2.</summary>
    /// <returns>The value.</returns>
    public uint ReadUInt32() => (uint)ReadInt32();

    /// <summary>Integer, RFC 4506 section 4.1.</summary>
    /// <returns>The value.</returns>
    public int ReadInt32() =>
        _reader.TryReadBigEndian(out int value) ? value : throw Short(4);

    /// <summary>Unsigned hyper integer, RFC 4506 section 4.5.</summary>
    /// <returns>The value.</returns>
    public ulong ReadUInt64() =>
        _reader.TryReadBigEndian(out long value) ? (ulong)value : throw Short(8);

    /// <summary>Variable-length opaque data, RFC 4506 section 4.10, not copied.</summary>
    /// <param name="limit">Longest body accepted, in bytes.</param>
    /// <returns>A slice of the bytes given to the constructor.</returns>
    public ReadOnlySequence<byte> ReadOpaque(int limit)
    {
        uint length = ReadUInt32();
        if (length > (uint)limit)
        {
            throw new ProtocolException($"opaque data of {length} bytes where at most {limit} are allowed");
        }

        long padded = ((long)length + 3) & ~3L;
        if (_reader.Remaining < padded)
        {
            throw Short(padded);
        }

        ReadOnlySequence<byte> body = _reader.UnreadSequence.Slice(0, length);
        _reader.Advance(padded);
        return body;
    }

    /// <summary>String, RFC 4506 section 4.11, as UTF-8.</summary>
    /// <param name="limit">Longest string accepted, in bytes.</param>
    /// <returns>The text; it may hold any character, NUL included.</returns>
    public string ReadString(int limit)
    {
        ReadOnlySequence<byte> body = ReadOpaque(limit);
        try
        {
            return s_strictUtf8.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            throw new ProtocolException("a string that is not UTF-8");
        }
    }

    /// <summary>Checks that nothing is left: surplus bytes mean that the two sides disagree about the type.</summary>
    public readonly void ExpectEnd()
    {
        if (_reader.Remaining != 0)
        {
            throw new ProtocolException($"{_reader.Remaining} bytes more than the type has");
        }
    }

    private readonly ProtocolException Short(long wanted) =>
        new($"{wanted} bytes wanted where {_reader.Remaining} are left");
}
