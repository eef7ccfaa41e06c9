using System.Buffers;

namespace KadaluFsd.Rpc.Xdr;

/// <summary>An output that can end with shared bytes, without copying them.</summary>
public interface ITailWriter : IBufferWriter<byte>
{
    /// <summary>Appends bytes that many outputs share, such as a volfile.</summary>
    /// <param name="tail">Must not change while the output is in use. Nothing may be written after it.</param>
    void Attach(ReadOnlyMemory<byte> tail);
}
