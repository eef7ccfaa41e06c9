using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace KadaluFsd.Rpc.Xdr;

/// <summary>Reads XDR (RFC 4506) from memory. Never waits, and copies only what is asked for.</summary>
/// <remarks>Anything that does not fit throws <see cref="ProtocolException"/>; the position is then undefined.</remarks>
public ref struct XdrReader
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlyMemory<byte> _bytes;
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads <paramref name="bytes"/>, which must stay valid while this reader and what it returns are in use.</summary>
    /// <param name="bytes">One record or a part of one.</param>
    public XdrReader(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        _rest = bytes.Span;
    }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>The bytes not read yet.</summary>
    public readonly ReadOnlyMemory<byte> Rest => _bytes[^_rest.Length..];

    /// <summary>Unsigned integer, RFC 4506 section 4.2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadUInt32()
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out uint value))
        {
            ThrowShort(4);
        }

        _rest = _rest[4..];
        return value;
    }

    /// <summary>Integer, RFC 4506 section 4.1.</summary>
    public int ReadInt32() => (int)ReadUInt32();

    /// <summary>Unsigned hyper integer, RFC 4506 section 4.5.</summary>
    public ulong ReadUInt64()
    {
        if (!BinaryPrimitives.TryReadUInt64BigEndian(_rest, out ulong value))
        {
            ThrowShort(8);
        }

        _rest = _rest[8..];
        return value;
    }

    /// <summary>Variable-length opaque data, RFC 4506 section 4.10, not copied.</summary>
    /// <param name="limit">Longest body accepted, in bytes.</param>
    /// <returns>A slice of the bytes given to the constructor.</returns>
    public ReadOnlyMemory<byte> ReadOpaque(int limit)
    {
        uint length = ReadUInt32();
        if (length > (uint)limit)
        {
            throw new ProtocolException($"opaque data of {length} bytes where at most {limit} are allowed");
        }

        long padded = ((long)length + 3) & ~3L;
        if (_rest.Length < padded)
        {
            ThrowShort(padded);
        }

        ReadOnlyMemory<byte> body = _bytes.Slice(_bytes.Length - _rest.Length, (int)length);
        _rest = _rest[(int)padded..];
        return body;
    }

    /// <summary>String, RFC 4506 section 4.11, as UTF-8.</summary>
    /// <param name="limit">Longest string accepted, in bytes.</param>
    /// <returns>The text; it may hold any character, NUL included.</returns>
    public string ReadString(int limit)
    {
        ReadOnlyMemory<byte> body = ReadOpaque(limit);
        try
        {
            return s_strictUtf8.GetString(body.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new ProtocolException("a string that is not UTF-8");
        }
    }

    /// <summary>Checks that nothing is left: surplus bytes mean that the two sides disagree about the type.</summary>
    public readonly void ExpectEnd()
    {
        if (!_rest.IsEmpty)
        {
            throw new ProtocolException($"{_rest.Length} bytes more than the type has");
        }
    }

    [DoesNotReturn]
    private readonly void ThrowShort(long wanted) =>
        throw new ProtocolException($"{wanted} bytes wanted where {_rest.Length} are left");
}
