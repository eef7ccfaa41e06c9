using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KadaluFsd.Cluster.Identity;

/// <summary>
/// The certificate authority of a cluster (RFC 5280), whose key only the manager has. It signs the keys of nodes, and says itself whose they are: a request
/// has nothing but a key.
/// </summary>
public sealed class ClusterAuthority : IDisposable
{
    /// <summary>How long a node's certificate is good for.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromDays(90);

    /// <summary>The longest request, in bytes.</summary>
    public const int MaxRequest = 4096;

    private const int YearsOfAuthority = 20;
    private const int SerialBytes = 16;
    private const int MinKeyBits = 256;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // Of nodes whose clocks are a little behind the manager's.
    private static readonly TimeSpan s_earlier = TimeSpan.FromHours(1);

    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;

    private ClusterAuthority(X509Certificate2 certificate, TimeProvider time) => (_certificate, _time) = (certificate, time);

    /// <summary>Makes the authority of a new cluster.</summary>
    /// <param name="cluster">The cluster's id.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The authority, with a new key.</returns>
    public static ClusterAuthority Create(Guid cluster, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName($"Kadalu Storage cluster {cluster}");
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = time.GetUtcNow();
        return new ClusterAuthority(request.CreateSelfSigned(now - s_earlier, now.AddYears(YearsOfAuthority)), time);
    }

    /// <summary>Reads an authority.</summary>
    /// <param name="certificate">Its certificate, PEM (RFC 7468).</param>
    /// <param name="key">Its key, PEM.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IdentityException">They are none, or not of each other.</exception>
    public static ClusterAuthority Read(string certificate, string key, TimeProvider time) =>
        new(NodeKey.Join(certificate, key), time);

    /// <summary>What nodes trust: the certificate alone.</summary>
    /// <returns>The certificate; the caller owns it.</returns>
    public ClusterTrust Trust() => ClusterTrust.Read(ExportCertificate());

    /// <summary>Its certificate, PEM.</summary>
    public string ExportCertificate() => _certificate.ExportCertificatePem();

    /// <summary>Its key, PEM: whoever has it is the cluster.</summary>
    public string ExportKey()
    {
        using ECDsa key = _certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>Signs a key.</summary>
    /// <param name="request">A certificate request (PKCS #10, RFC 2986), DER; of what it says only the key is taken.</param>
    /// <param name="identity">Whose key it is.</param>
    /// <returns>The certificate, PEM.</returns>
    /// <exception cref="IdentityException">It is none, or its maker does not have the key.</exception>
    public string Sign(ReadOnlySpan<byte> request, PeerIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        PublicKey key = ReadKey(request);
        var certificate = new CertificateRequest(identity.ToSubject(), key, HashAlgorithmName.SHA256);
        certificate.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        certificate.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        certificate.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication), new Oid(ClientAuthentication)], true));
        certificate.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        DateTimeOffset now = _time.GetUtcNow();
        using ECDsa own = _certificate.GetECDsaPrivateKey()!;
        using X509Certificate2 signed = certificate.Create(
            _certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(own), now - s_earlier, now + Validity,
            RandomNumberGenerator.GetBytes(SerialBytes));
        return signed.ExportCertificatePem();
    }

    /// <summary>Whether a request has the key of a certificate, and its maker has it too.</summary>
    /// <param name="request">A certificate request, DER.</param>
    /// <param name="certificate">PEM.</param>
    /// <exception cref="IdentityException">It is no request.</exception>
    public static bool IsOfKey(ReadOnlySpan<byte> request, string certificate)
    {
        byte[] key = ReadKey(request).ExportSubjectPublicKeyInfo();
        using var signed = X509Certificate2.CreateFromPem(certificate);
        return key.AsSpan().SequenceEqual(signed.PublicKey.ExportSubjectPublicKeyInfo());
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static PublicKey ReadKey(ReadOnlySpan<byte> request)
    {
        if (request.Length > MaxRequest)
        {
            throw new IdentityException($"the certificate request is longer than {MaxRequest} bytes");
        }

        try
        {
            PublicKey key = CertificateRequest.LoadSigningRequest(request, HashAlgorithmName.SHA256, out int read).PublicKey;
            using ECDsa? curve = read == request.Length ? key.GetECDsaPublicKey() : null;
            return curve is { KeySize: >= MinKeyBits }
                ? key
                : throw new IdentityException($"the certificate request has no elliptic curve key of {MinKeyBits} bits or more");
        }
        catch (CryptographicException exception)
        {
            throw new IdentityException($"the certificate request cannot be read: {exception.Message}");
        }
    }
}
