using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KadaluFsd.Cluster.Identity;

/// <summary>A key of this node, which never leaves it.</summary>
public sealed class NodeKey : IDisposable
{
    private readonly ECDsa _key;

    private NodeKey(ECDsa key) => _key = key;

    /// <summary>Makes a key.</summary>
    public static NodeKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Asks for a certificate: what <see cref="ClusterAuthority.Sign"/> takes.</summary>
    /// <returns>A certificate request (PKCS #10, RFC 2986), DER.</returns>
    public byte[] Request() =>
        new CertificateRequest(new X500DistinguishedName(""), _key, HashAlgorithmName.SHA256).CreateSigningRequest();

    /// <summary>The key, PEM (PKCS #8): for a file that only root can read.</summary>
    public string Export() => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>Puts certificate and key together.</summary>
    /// <param name="certificate">The certificate, PEM.</param>
    /// <param name="key">The key, PEM.</param>
    /// <returns>What a connection shows; the caller owns it.</returns>
    /// <exception cref="IdentityException">They are none, or not of each other.</exception>
    public static X509Certificate2 Join(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new IdentityException($"the certificate or its key cannot be read: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
