using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KadaluFsd.Cluster.Identity;

/// <summary>Whom a node believes: the authority of its cluster, and no other of its machine.</summary>
public sealed class ClusterTrust : IDisposable
{
    /// <summary>Bytes of a digest (SHA-256).</summary>
    public const int DigestBytes = SHA256.HashSizeInBytes;

    private readonly X509Certificate2 _authority;

    private ClusterTrust(X509Certificate2 authority) => _authority = authority;

    /// <summary>Reads the authority's certificate.</summary>
    /// <param name="certificate">PEM (RFC 7468).</param>
    /// <exception cref="IdentityException">It is none.</exception>
    public static ClusterTrust Read(string certificate)
    {
        try
        {
            return new ClusterTrust(X509Certificate2.CreateFromPem(certificate));
        }
        catch (CryptographicException exception)
        {
            throw new IdentityException($"the authority's certificate cannot be read: {exception.Message}");
        }
    }

    /// <summary>The digest by which a join token names the authority: of the certificate's DER.</summary>
    public byte[] Digest => SHA256.HashData(_authority.RawDataMemory.Span);

    /// <summary>The authority's certificate, PEM.</summary>
    public string Export() => _authority.ExportCertificatePem();

    /// <summary>
    /// How .NET looks at a certificate by itself: by this authority alone, without reading the machine's own ones, or asking anybody on the
    /// network.
    /// </summary>
    internal X509ChainPolicy CreatePolicy() => CreatePolicy(_authority);

    /// <summary>The same, with nobody to believe.</summary>
    internal static X509ChainPolicy CreatePolicy(params X509Certificate2[] believed)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(believed);
        return policy;
    }

    /// <summary>Checks a certificate: that this authority has signed it, for both ends of a connection, and that it is valid now.</summary>
    /// <param name="certificate">What the other end has shown.</param>
    /// <param name="now">The time of this machine.</param>
    /// <exception cref="IdentityException">It is not; says why.</exception>
    public PeerIdentity Check(X509Certificate2 certificate, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        X509ChainStatusFlags problems = FindProblems(certificate, now);
        if (!IsSigned(problems))
        {
            throw new IdentityException($"its certificate is of another cluster, or of none ({problems})");
        }

        if (now < certificate.NotBefore.ToUniversalTime())
        {
            throw OutOfTime($"is valid from {certificate.NotBefore.ToUniversalTime():u} on", now);
        }

        if (problems != X509ChainStatusFlags.NoError)
        {
            throw OutOfTime($"was valid until {certificate.NotAfter.ToUniversalTime():u}", now);
        }

        return PeerIdentity.FromSubject(certificate.SubjectName)
            ?? throw new IdentityException("its certificate names no node of a cluster");
    }

    /// <summary>Whether this authority has signed a certificate, which may have ended.</summary>
    internal bool HasSigned(X509Certificate2 certificate) => IsSigned(FindProblems(certificate, certificate.NotBefore));

    /// <inheritdoc/>
    public void Dispose() => _authority.Dispose();

    // One of the two clocks is wrong, or the certificate was not renewed: who reads it has to know which machine says what.
    private static IdentityException OutOfTime(string when, DateTimeOffset now) =>
        new($"its certificate {when}, and here it is {now.UtcDateTime:u}: do the clocks differ?")
        {
            ForHolder =
                $"it refuses the certificate of who asks, which {when}, and there it is {now.UtcDateTime:u}: do the " +
                "clocks differ?",
        };

    private static bool IsSigned(X509ChainStatusFlags problems) =>
        (problems & ~X509ChainStatusFlags.NotTimeValid) == X509ChainStatusFlags.NoError;

    private X509ChainStatusFlags FindProblems(X509Certificate2 certificate, DateTimeOffset at)
    {
        using var chain = new X509Chain { ChainPolicy = CreatePolicy() };
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        bool isGood = chain.Build(certificate);
        X509ChainStatusFlags problems = chain.ChainStatus.Aggregate(
            X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        return !isGood && problems == X509ChainStatusFlags.NoError ? X509ChainStatusFlags.PartialChain : problems;
    }
}
