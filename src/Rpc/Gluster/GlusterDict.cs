using System.Buffers.Binary;
using System.Text;

namespace KadaluFsd.Rpc.Gluster;

// libglusterfs/src/dict.c, dict_lserialize(): u32 count, then for each pair
//   u32 key length (without NUL), u32 value length, key bytes, NUL, value bytes.
// No padding. The value of a string counts its NUL; numbers are decimal strings.

/// <summary>A dict as GlusterFS encodes it: pairs of a name and bytes, in the order they were sent.</summary>
public sealed class GlusterDict
{
    private const int PairOverhead = 4 + 4 + 1;

    private readonly List<KeyValuePair<string, ReadOnlyMemory<byte>>> _pairs = [];

    /// <summary>A dict with nothing in it; encodes as zero bytes.</summary>
    public static GlusterDict Empty { get; } = new();

    /// <summary>The pairs, first to last.</summary>
    public IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Pairs => _pairs;

    /// <summary>Decodes a dict.</summary>
    /// <param name="encoded">Its bytes; empty for an empty dict. They are copied.</param>
    /// <returns>The dict.</returns>
    /// <exception cref="ProtocolException">A length that does not fit, too many pairs, a key that is not text, or surplus bytes.</exception>
    public static GlusterDict Decode(ReadOnlyMemory<byte> encoded)
    {
        if (encoded.IsEmpty)
        {
            return Empty;
        }

        if (encoded.Length > RpcLimits.MaxDict)
        {
            throw new ProtocolException($"a dict of {encoded.Length} bytes where at most {RpcLimits.MaxDict} are allowed");
        }

        return DecodeOwn(encoded.ToArray());
    }

    /// <summary>Adds a string, the way dict_set_str() does.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="value">Its text, without NUL.</param>
    /// <returns>This dict.</returns>
    public GlusterDict Add(string key, string value)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(value) + 1];
        Encoding.UTF8.GetBytes(value, bytes);
        _pairs.Add(new(key, bytes));
        return this;
    }

    /// <summary>The text of a pair.</summary>
    /// <param name="key">Its name.</param>
    /// <returns>What stands before the value's first NUL; null where there is no such pair.</returns>
    public string? GetString(string key)
    {
        foreach ((string name, ReadOnlyMemory<byte> value) in _pairs)
        {
            if (name == key)
            {
                ReadOnlySpan<byte> bytes = value.Span;
                int end = bytes.IndexOf((byte)0);
                return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
            }
        }

        return null;
    }

    /// <summary>Encodes the dict.</summary>
    /// <returns>Its bytes; none for an empty dict, as glusterd sends it.</returns>
    public byte[] Encode()
    {
        if (_pairs.Count == 0)
        {
            return [];
        }

        byte[] encoded = new byte[4 + _pairs.Sum(pair => PairOverhead + Encoding.UTF8.GetByteCount(pair.Key) + pair.Value.Length)];
        Span<byte> rest = encoded;
        BinaryPrimitives.WriteInt32BigEndian(rest, _pairs.Count);
        rest = rest[4..];
        foreach ((string key, ReadOnlyMemory<byte> value) in _pairs)
        {
            int keyLength = Encoding.UTF8.GetBytes(key, rest[8..]);
            BinaryPrimitives.WriteInt32BigEndian(rest, keyLength);
            BinaryPrimitives.WriteInt32BigEndian(rest[4..], value.Length);
            value.Span.CopyTo(rest[(PairOverhead + keyLength)..]);
            rest = rest[(PairOverhead + keyLength + value.Length)..];
        }

        return encoded;
    }

    private static GlusterDict DecodeOwn(ReadOnlyMemory<byte> rest)
    {
        uint count = ReadUInt32(ref rest);
        if (count > RpcLimits.MaxDictPairs)
        {
            throw new ProtocolException($"a dict of {count} pairs where at most {RpcLimits.MaxDictPairs} are allowed");
        }

        var dict = new GlusterDict();
        for (uint pair = 0; pair < count; pair++)
        {
            uint keyLength = ReadUInt32(ref rest);
            uint valueLength = ReadUInt32(ref rest);
            if ((long)keyLength + 1 + valueLength > rest.Length)
            {
                throw new ProtocolException($"a dict pair of {keyLength} and {valueLength} bytes where {rest.Length} are left");
            }

            ReadOnlySpan<byte> key = rest.Span[..(int)keyLength];
            if (!Ascii.IsValid(key) || key.Contains((byte)0) || rest.Span[(int)keyLength] != 0)
            {
                throw new ProtocolException("a dict key that is not text");
            }

            dict._pairs.Add(new(Encoding.ASCII.GetString(key), rest.Slice((int)keyLength + 1, (int)valueLength)));
            rest = rest[((int)keyLength + 1 + (int)valueLength)..];
        }

        return rest.IsEmpty ? dict : throw new ProtocolException($"{rest.Length} bytes behind a dict");
    }

    private static uint ReadUInt32(ref ReadOnlyMemory<byte> rest)
    {
        if (rest.Length < 4)
        {
            throw new ProtocolException($"a dict that ends inside a number, {rest.Length} bytes from its end");
        }

        uint value = BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
        rest = rest[4..];
        return value;
    }
}
