namespace KadaluFsd.Rpc.Onc;

/// <summary>What came of the bytes of one read.</summary>
/// <param name="Consumed">Up to where they are done with.</param>
/// <param name="HasWritten">Whether something is to be sent.</param>
/// <param name="IsCutShort">Whether more calls wait, for which there is no room yet.</param>
/// <param name="Tail">The end of a long reply, which is sent from where it lies.</param>
internal readonly record struct ReadOutcome(
    SequencePosition Consumed, bool HasWritten = false, bool IsCutShort = false, ReadOnlyMemory<byte> Tail = default);
