using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace KadaluFsd.Rpc.Xdr;

/// <summary>Writes XDR (RFC 4506) into a buffer writer, which it neither owns nor flushes.</summary>
public readonly ref struct XdrWriter
{
    private readonly IBufferWriter<byte> _output;

    /// <summary>Writes to <paramref name="output"/>.</summary>
    /// <param name="output">Where the bytes go; remains the caller's.</param>
    public XdrWriter(IBufferWriter<byte> output) => _output = output;

    /// <summary>Unsigned integer, RFC 4506 section 4.2.</summary>
    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_output.GetSpan(4), value);
        _output.Advance(4);
    }

    /// <summary>Several unsigned integers.</summary>
    public void WriteWords(ReadOnlySpan<uint> values)
    {
        Span<byte> room = _output.GetSpan(values.Length * sizeof(uint));
        for (int index = 0; index < values.Length; index++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(room[(index * sizeof(uint))..], values[index]);
        }

        _output.Advance(values.Length * sizeof(uint));
    }

    /// <summary>Integer, RFC 4506 section 4.1.</summary>
    public void WriteInt32(int value) => WriteUInt32((uint)value);

    /// <summary>Unsigned hyper integer, RFC 4506 section 4.5.</summary>
    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_output.GetSpan(8), value);
        _output.Advance(8);
    }

    /// <summary>Variable-length opaque data, RFC 4506 section 4.10.</summary>
    /// <param name="body">The bytes, without length or padding.</param>
    public void WriteOpaque(ReadOnlySpan<byte> body)
    {
        WriteInt32(body.Length);
        _output.Write(body);
        int padding = -body.Length & 3;
        if (padding > 0)
        {
            _output.GetSpan(padding)[..padding].Clear();
            _output.Advance(padding);
        }
    }

    /// <summary>String, RFC 4506 section 4.11, as UTF-8.</summary>
    public void WriteString(string text) => WriteOpaque(Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// Bytes that are XDR already, as the last item of a record; not copied if the output is an <see cref="ITailWriter"/>.
    /// </summary>
    /// <param name="encoded">A whole number of four-byte words that never changes.</param>
    public void WriteLast(ReadOnlyMemory<byte> encoded)
    {
        if (_output is ITailWriter output)
        {
            output.Attach(encoded);
        }
        else
        {
            _output.Write(encoded.Span);
        }
    }
}
