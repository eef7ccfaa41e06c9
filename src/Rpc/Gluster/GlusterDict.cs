using System.Buffers.Binary;
using System.Text;

namespace KadaluFsd.Rpc.Gluster;

// libglusterfs/src/dict.c, dict_lserialize(): u32 count, then for each pair
//   u32 key length (without NUL), u32 value length, key bytes, NUL, value bytes.
// No padding. The value of a string counts its NUL; numbers are decimal strings.

/// <summary>
/// A dict as GlusterFS sends it: pairs of a name and bytes, in the order they were sent. The encoded bytes are checked once and
/// searched in place: nothing is allocated for a client's dict.
/// </summary>
public readonly struct GlusterDict
{
    private const int CountSize = 4;
    private const int PairOverhead = 4 + 4 + 1;

    private GlusterDict(ReadOnlyMemory<byte> encoded) => Encoded = encoded;

    /// <summary>The empty dict; encoded as zero bytes, as glusterd sends it.</summary>
    public static GlusterDict Empty => default;

    /// <summary>The dict as it goes over the wire.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>How many pairs it has.</summary>
    public int Count => Encoded.IsEmpty ? 0 : BinaryPrimitives.ReadInt32BigEndian(Encoded.Span);

    /// <summary>Checks an encoded dict.</summary>
    /// <param name="encoded">Its bytes; empty for an empty dict. Not copied: the dict is valid as long as they are.</param>
    /// <exception cref="ProtocolException">A length that does not fit, too many pairs, a key that is not text, or surplus
    /// bytes.</exception>
    public static GlusterDict Decode(ReadOnlyMemory<byte> encoded)
    {
        if (!encoded.IsEmpty)
        {
            Check(encoded.Span);
        }

        return new GlusterDict(encoded);
    }

    /// <summary>Adds a pair with a string, as dict_set_str() does.</summary>
    /// <param name="key">Its name, in ASCII.</param>
    /// <param name="value">Its text, without NUL.</param>
    /// <returns>The new dict; this one is unchanged.</returns>
    public GlusterDict Add(string key, string value)
    {
        int valueLength = Encoding.UTF8.GetByteCount(value) + 1;
        int end = Math.Max(Encoded.Length, CountSize);
        byte[] longer = new byte[end + PairOverhead + key.Length + valueLength];
        Encoded.Span.CopyTo(longer);
        BinaryPrimitives.WriteInt32BigEndian(longer, Count + 1);
        BinaryPrimitives.WriteInt32BigEndian(longer.AsSpan(end), key.Length);
        BinaryPrimitives.WriteInt32BigEndian(longer.AsSpan(end + 4), valueLength);
        Encoding.ASCII.GetBytes(key, longer.AsSpan(end + 8));
        Encoding.UTF8.GetBytes(value, longer.AsSpan(end + PairOverhead + key.Length));
        return new GlusterDict(longer);
    }

    /// <summary>The text of a pair.</summary>
    /// <param name="key">Its name, in ASCII.</param>
    /// <returns>The text, see <see cref="Pair.Text"/>; null where there is no such pair.</returns>
    public string? GetString(ReadOnlySpan<byte> key)
    {
        foreach (Pair pair in this)
        {
            if (pair.Key.SequenceEqual(key))
            {
                return Encoding.UTF8.GetString(pair.Text);
            }
        }

        return null;
    }

    /// <summary>Enumerates the pairs, first to last.</summary>
    /// <returns>An enumerator for <c>foreach</c>.</returns>
    public Enumerator GetEnumerator() => new(this);

    private static void Check(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > RpcLimits.MaxDict)
        {
            throw new ProtocolException($"a dict of {rest.Length} bytes where at most {RpcLimits.MaxDict} are allowed");
        }

        uint count = ReadUInt32(ref rest);
        if (count > RpcLimits.MaxDictPairs)
        {
            throw new ProtocolException($"a dict of {count} pairs where at most {RpcLimits.MaxDictPairs} are allowed");
        }

        for (; count > 0; count--)
        {
            ReadOnlySpan<byte> key = ReadPair(ref rest).Key;
            if (key.ContainsAnyExceptInRange((byte)1, (byte)127))
            {
                throw new ProtocolException("a dict key that is not text");
            }
        }

        if (!rest.IsEmpty)
        {
            throw new ProtocolException($"{rest.Length} bytes behind a dict");
        }
    }

    private static Pair ReadPair(scoped ref ReadOnlySpan<byte> rest)
    {
        uint keyLength = ReadUInt32(ref rest);
        uint valueLength = ReadUInt32(ref rest);
        if ((long)keyLength + 1 + valueLength > rest.Length)
        {
            throw new ProtocolException($"a dict pair of {keyLength} and {valueLength} bytes where {rest.Length} are left");
        }

        if (rest[(int)keyLength] != 0)
        {
            throw new ProtocolException("a dict key that does not end where it says");
        }

        var pair = new Pair(rest[..(int)keyLength], rest.Slice((int)keyLength + 1, (int)valueLength));
        rest = rest[((int)keyLength + 1 + (int)valueLength)..];
        return pair;
    }

    private static uint ReadUInt32(scoped ref ReadOnlySpan<byte> rest)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(rest, out uint value))
        {
            throw new ProtocolException($"a dict that ends inside a number, {rest.Length} bytes from its end");
        }

        rest = rest[4..];
        return value;
    }

    /// <summary>A name and its value, slices of the dict.</summary>
    public readonly ref struct Pair
    {
        internal Pair(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            Key = key;
            Value = value;
        }

        /// <summary>The name, in ASCII.</summary>
        public ReadOnlySpan<byte> Key { get; }

        /// <summary>The value as sent; a string's has a NUL at its end.</summary>
        public ReadOnlySpan<byte> Value { get; }

        /// <summary>The value up to its first NUL; not checked to be UTF-8.</summary>
        public ReadOnlySpan<byte> Text => Value.IndexOf((byte)0) is >= 0 and int end ? Value[..end] : Value;
    }

    /// <summary>Enumerates the pairs of a dict.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;
        private int _left;

        internal Enumerator(GlusterDict dict)
        {
            _left = dict.Count;
            _rest = _left > 0 ? dict.Encoded.Span[CountSize..] : default;
        }

        /// <summary>The current pair.</summary>
        public Pair Current { get; private set; }

        /// <summary>Moves to the next pair.</summary>
        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _left--;
            Current = ReadPair(ref _rest);
            return true;
        }
    }
}
