using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Native.Linux;
using KadaluFsd.Native.Tls;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Fsd.Pools;

/// <summary>Certificate, key and authorities of a pool's encrypted connections on this node: without them its units would run, and nobody could connect.</summary>
/// <param name="Certificate">The certificate, in PEM.</param>
/// <param name="Key">Its key, in PEM.</param>
/// <param name="Authorities">Those whose signatures are believed, in PEM.</param>
internal sealed record TlsFiles(string Certificate, string Key, string Authorities)
{
    /// <summary>The files that volfiles name, or leave to GlusterFS's defaults (rpc/rpc-transport/socket/src/socket.h).</summary>
    /// <param name="texts">The volfiles.</param>
    /// <returns>Each set once; none where no connection is encrypted.</returns>
    internal static IReadOnlyList<TlsFiles> Of(IEnumerable<string> texts) =>
    [
        .. texts.SelectMany(text => VolfileParser.Parse(text).Volumes).Where(volume => volume[PendingOptions.Tls] is { } value && GlusterBoolean.IsTrue(value)).Select(volume => new TlsFiles(
            volume["transport.socket.ssl-own-cert"] ?? VolfileTls.Usual("glusterfs.pem"), volume["transport.socket.ssl-private-key"] ?? VolfileTls.Usual("glusterfs.key"),
            volume["transport.socket.ssl-ca-list"] ?? VolfileTls.Usual("glusterfs.ca"))).Distinct(),
    ];

    /// <summary>Looks whether they can be used.</summary>
    /// <returns>What is wrong; null where nothing is.</returns>
    internal string? FindProblem()
    {
        // Of a FIFO OpenSSL would wait for ever.
        if (new[] { Certificate, Key, Authorities }.FirstOrDefault(path => FileStatus.Read(path, out FileStatus status) == Errno.None && !status.IsRegular) is { } odd)
        {
            return $"{odd} is not a regular file: nobody could connect with TLS";
        }

        try
        {
            TlsServerContext.Load(Certificate, Key, Authorities).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is TlsException or DllNotFoundException)
        {
            return $"{exception.Message}: nobody could connect with TLS";
        }
    }
}
