using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>An authority, and what it has signed, as files.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset s_from = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset s_until = DateTimeOffset.UtcNow.AddDays(2);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly X509Certificate2 _authority;

    /// <summary>An authority.</summary>
    /// <param name="name">Its name, by which its certificate is found among others.</param>
    internal TestCertificates(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(s_from, s_until);
        File.WriteAllText(Authorities, _authority.ExportCertificatePem() + "\n");
    }

    /// <summary>Path of the authority's certificate.</summary>
    internal string Authorities => Path.Combine(_directory.FullName, "authority");

    /// <summary>Signs a certificate.</summary>
    internal X509Certificate2 Sign(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 signed =
            request.Create(_authority, s_from, s_until, BitConverter.GetBytes(name.GetHashCode(StringComparison.Ordinal)));
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>Signs a certificate and writes it down.</summary>
    /// <returns>The paths of the certificate and of its key.</returns>
    internal (string Certificate, string Key) SignToFiles(string name)
    {
        using X509Certificate2 signed = Sign(name);
        using ECDsa key = signed.GetECDsaPrivateKey()!;
        (string Certificate, string Key) paths =
            (Path.Combine(_directory.FullName, name + ".pem"), Path.Combine(_directory.FullName, name + ".key"));
        File.WriteAllText(paths.Certificate, signed.ExportCertificatePem());
        File.WriteAllText(paths.Key, key.ExportPkcs8PrivateKeyPem());
        return paths;
    }

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }
}
