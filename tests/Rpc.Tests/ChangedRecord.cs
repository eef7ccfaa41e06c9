using System.Buffers.Binary;
using CsCheck;

namespace KadaluFsd.Rpc.Tests;

/// <summary>Bytes that would be understood, but for a few changes.</summary>
/// <param name="Name">What they were.</param>
/// <param name="Bytes">What they are.</param>
/// <param name="Changes">What was done to them, first to last.</param>
internal sealed record ChangedRecord(string Name, byte[] Bytes, IReadOnlyList<RecordChange> Changes)
{
    // Enough to get past one check and meet the next.
    private const int MostChanges = 4;

    /// <summary>One of these records, changed.</summary>
    internal static Gen<ChangedRecord> AnyOf(IEnumerable<(string Name, byte[] Bytes)> records) =>
        Gen.OneOf([.. records.Select(record => Of(record.Name, record.Bytes))]);

    public override string ToString() => $"{Name}: {string.Join(", then ", Changes)}";

    private static Gen<ChangedRecord> Of(string name, byte[] record) =>
        RecordChange.Within(record).Array[1, MostChanges].Select(
            changes => new ChangedRecord(
                name, changes.Aggregate(record, (bytes, change) => change.Apply(bytes, record)), changes));
}

internal enum RecordChangeKind
{
    Word,
    Byte,
    Cut,
    Restart,
}

/// <summary>A change at an offset, or as near to it as there are bytes.</summary>
internal readonly record struct RecordChange(RecordChangeKind Kind, int At, uint Value)
{
    // Lengths, counts and numbers of programs are words. Those that do harm are near what is there, or at an end of the range.
    private static readonly Gen<uint> s_word = Gen.OneOf(
        Gen.UInt[0, 700], Gen.OneOf(uint.MaxValue, 0x8000_0000u, 0x7fff_ffffu, 0xffff_fffcu, 0x0001_0000u), Gen.UInt);

    /// <summary>A change somewhere in these bytes.</summary>
    internal static Gen<RecordChange> Within(byte[] record)
    {
        Gen<int> at = Gen.Int[0, record.Length - 1];
        return Gen.OneOf(
            Gen.Select(at, s_word, (offset, value) => new RecordChange(RecordChangeKind.Word, offset & ~3, value)),
            Gen.Select(at, Gen.Byte, (offset, value) => new RecordChange(RecordChangeKind.Byte, offset, value)),
            at.Select(offset => new RecordChange(RecordChangeKind.Cut, offset, 0)),
            at.Select(offset => new RecordChange(RecordChangeKind.Restart, offset, 0)));
    }

    internal byte[] Apply(byte[] bytes, byte[] record)
    {
        int at = Math.Min(At, bytes.Length - 1);
        byte[] changed;
        switch (Kind)
        {
            case RecordChangeKind.Word when bytes.Length >= 4:
                changed = bytes[..];
                BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(Math.Min(at, bytes.Length - 4)), Value);
                return changed;
            case RecordChangeKind.Cut:
                return bytes[..Math.Max(at, 1)];
            case RecordChangeKind.Restart:
                return [.. bytes[..at], .. record];
            default:
                changed = bytes[..];
                changed[at] = (byte)Value;
                return changed;
        }
    }

    public override string ToString() => Kind switch
    {
        RecordChangeKind.Word => $"the word at {At} is 0x{Value:x8}",
        RecordChangeKind.Byte => $"the byte at {At} is 0x{Value:x2}",
        RecordChangeKind.Cut => $"ends at {At}",
        _ => $"starts over at {At}",
    };
}
