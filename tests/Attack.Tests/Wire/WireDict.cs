using System.Text;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Attack.Tests.Wire;

/// <summary>
/// The dicts of file operations (rpc/xdr/src/glusterfs4-xdr.x, struct gfx_dict): size in the old form, number of pairs (-1 for
/// none at all), then the pairs: key, kind of value, value.
/// </summary>
internal static class WireDict
{
    private const uint Signed = 2;
    private const uint Unsigned = 3;
    private const uint Text = 5;
    private const uint Gfid = 7;
    private const uint Pointer = 6;
    private const uint OldText = 1;
    private const int Longest = 1 << 20;

    // What is never in answers to these tests' calls.
    private const int Iatt = 8;

    /// <summary>Writes one; without pairs, none at all.</summary>
    internal static void Write(XdrWriter writer, params (string Key, object Value)[] pairs)
    {
        writer.WriteWords(
            [(uint)(pairs.Length * 64), pairs.Length == 0 ? uint.MaxValue : (uint)pairs.Length, (uint)pairs.Length]);
        foreach ((string key, object value) in pairs)
        {
            writer.WriteOpaque(Encoding.UTF8.GetBytes(key + "\0"));
            switch (value)
            {
                case Guid gfid:
                    writer.WriteUInt32(Gfid);
                    writer.WriteGfid(gfid);
                    break;
                case int number:
                    writer.WriteUInt32(Signed);
                    writer.WriteUInt64((ulong)number);
                    break;
                case ulong number:
                    writer.WriteUInt32(Unsigned);
                    writer.WriteUInt64(number);
                    break;
                default:
                    writer.WriteUInt32(Text);
                    writer.WriteOpaque(Encoding.UTF8.GetBytes((string)value));
                    break;
            }
        }
    }

    /// <summary>A gfid, 16 bytes without a length.</summary>
    internal static void WriteGfid(this XdrWriter writer, Guid gfid)
    {
        byte[] bytes = gfid.ToByteArray(bigEndian: true);
        writer.WriteUInt64(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes));
        writer.WriteUInt64(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)));
    }

    /// <summary>Goes past one in an answer.</summary>
    internal static void Skip(ref XdrReader reader)
    {
        reader.ReadUInt64();
        for (uint left = reader.ReadUInt32(); left > 0; left--)
        {
            reader.ReadOpaque(Longest);
            switch (reader.ReadUInt32())
            {
                case Signed or Unsigned:
                    reader.ReadUInt64();
                    break;
                case Text or Pointer or OldText:
                    reader.ReadOpaque(Longest);
                    break;
                case Gfid:
                    reader.ReadUInt64();
                    reader.ReadUInt64();
                    break;
                case uint kind:
                    throw new InvalidDataException($"a value of kind {kind} in an answer; {Iatt} and above are not read here");
            }
        }
    }
}
