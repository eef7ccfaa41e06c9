using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Linux.Tls;

namespace KadaluFsd.Linux.Tests;

/// <summary>Files that TLS cannot be used with. Sessions are for tests of whole connections (VolfileTlsTests).</summary>
public sealed class TlsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    public TlsTests()
    {
        Write("own");
        Write("other");
        File.WriteAllText(At("nonsense"), "nonsense");
        using var mkfifo = Process.Start("mkfifo", At("pipe"));
        mkfifo.WaitForExit();
    }

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void With_a_certificate_and_its_key_sessions_begin_and_end_at_what_is_not_TLS()
    {
        using var context = TlsServerContext.Load(At("own.pem"), At("own.key"), At("own.pem"));
        using TlsSession session = context.Accept();
        Assert.Equal(TlsStep.NeedsMore, session.Handshake());
        session.Put("GET / HTTP/1.1\r\n\r\n"u8);
        Assert.Throws<TlsException>(() => session.Handshake());
    }

    [Theory]
    [InlineData("missing", "own.key", "own.pem", "the certificate", "No such file or directory")]
    [InlineData("nonsense", "own.key", "own.pem", "the certificate", "no start line")]
    [InlineData("pipe", "own.key", "own.pem", "the certificate", "it is a pipe")]
    [InlineData("own.pem", "pipe", "own.pem", "the key", "it is a pipe")]
    [InlineData("own.pem", "own.key", "pipe", "the authorities", "it is a pipe")]
    [InlineData("own.pem", "missing", "own.pem", "the key", "No such file or directory")]
    [InlineData("own.pem", "other.key", "own.pem", "the key", "key values mismatch")]
    [InlineData("own.pem", "own.pem", "own.pem", "the key", "unsupported")]
    [InlineData("own.pem", "own.key", "missing", "the authorities", "No such file or directory")]
    [InlineData("own.pem", "own.key", "nonsense", "the authorities", "no certificate or crl found")]
    public void What_cannot_be_used_is_named_with_what_is_wrong_with_it(
        string certificate, string key, string authorities, string what, string reason)
    {
        string said = Assert.Throws<TlsException>(
            () => TlsServerContext.Load(At(certificate), At(key), At(authorities)).Dispose()).Message;
        Assert.StartsWith($"{what} {_directory.FullName}", said, StringComparison.Ordinal);
        Assert.EndsWith($"cannot be used: {reason}", said, StringComparison.Ordinal);
    }

    private void Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(At(name + ".pem"), certificate.ExportCertificatePem());
        File.WriteAllText(At(name + ".key"), key.ExportPkcs8PrivateKeyPem());
    }

    private string At(string name) => Path.Combine(_directory.FullName, name);
}
