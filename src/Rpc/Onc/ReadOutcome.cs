namespace KadaluFsd.Rpc.Onc;

/// <summary>The result of handling the bytes of one read.</summary>
/// <param name="Consumed">Up to where the bytes have been handled.</param>
/// <param name="HasWritten">Whether replies were written.</param>
/// <param name="IsCutShort">Whether calls are left over because enough replies wait to be sent.</param>
/// <param name="Tail">The end of a long reply, which is sent without being copied.</param>
internal readonly record struct ReadOutcome(
    SequencePosition Consumed, bool HasWritten = false, bool IsCutShort = false, ReadOnlyMemory<byte> Tail = default);
