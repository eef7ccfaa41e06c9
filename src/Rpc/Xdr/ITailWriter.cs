using System.Buffers;

namespace KadaluFsd.Rpc.Xdr;

/// <summary>An output that can end with bytes of somebody else's, without a copy of them.</summary>
public interface ITailWriter : IBufferWriter<byte>
{
    /// <summary>Ends the output with bytes that many outputs share, such as a volfile.</summary>
    /// <param name="tail">Must not change while the output is in use. Nothing may be written behind it.</param>
    void Attach(ReadOnlyMemory<byte> tail);
}
