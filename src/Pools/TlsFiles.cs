using KadaluFsd.Linux;
using KadaluFsd.Linux.Tls;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Pools;

/// <summary>
/// Certificate, key and authorities of a pool's TLS connections on this node: without them its units would run, and no client
/// could connect.
/// </summary>
/// <param name="Certificate">The certificate, in PEM.</param>
/// <param name="Key">Its key, in PEM.</param>
/// <param name="Authorities">The certificates of authorities, in PEM.</param>
public sealed record TlsFiles(string Certificate, string Key, string Authorities)
{
    /// <summary>The files that volfiles name, or GlusterFS's defaults (rpc/rpc-transport/socket/src/socket.h).</summary>
    /// <returns>Each set once; none without TLS.</returns>
    private static IReadOnlyList<TlsFiles> Of(IEnumerable<string> texts) =>
    [
        .. texts.SelectMany(text => VolfileParser.Parse(text).Volumes).Where(
            volume => volume[PendingOptions.Tls] is { } value && GlusterBoolean.IsTrue(value)).Select(volume => new TlsFiles(
            volume["transport.socket.ssl-own-cert"] ?? TlsPlaces.Usual("glusterfs.pem"),
            volume["transport.socket.ssl-private-key"] ?? TlsPlaces.Usual("glusterfs.key"),
            volume["transport.socket.ssl-ca-list"] ?? TlsPlaces.Usual("glusterfs.ca"))).Distinct(),
    ];

    /// <summary>Checks the files that volfiles name.</summary>
    /// <param name="earlier">Volfiles whose files are not checked; null for none.</param>
    /// <returns>The problems; may be empty.</returns>
    public static string[] FindProblems(IEnumerable<string> texts, IEnumerable<string>? earlier = null) =>
        [.. Of(texts).Except(Of(earlier ?? [])).Select(files => files.FindProblem()).OfType<string>()];

    private string? FindProblem()
    {
        // OpenSSL would wait for ever on a FIFO.
        if (new[] { Certificate, Key, Authorities }.FirstOrDefault(
            path => FileStatus.Read(path, out FileStatus status) == Errno.None && !status.IsRegular) is { } odd)
        {
            return $"{odd} is not a regular file: no client could connect with TLS";
        }

        try
        {
            TlsServerContext.Load(Certificate, Key, Authorities).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is TlsException or DllNotFoundException)
        {
            return $"{exception.Message}: no client could connect with TLS";
        }
    }
}
