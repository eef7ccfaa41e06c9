using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Cluster.Tests.Identity;

/// <summary>Whom a node believes, and for how long.</summary>
public sealed class ClusterAuthorityTests : IDisposable
{
    private static readonly DateTimeOffset s_begin = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(s_begin);
    private readonly PeerIdentity _node = new(Guid.NewGuid(), ClusterRole.Node);
    private readonly ClusterAuthority _authority;
    private readonly ClusterTrust _trust;

    public ClusterAuthorityTests()
    {
        _authority = ClusterAuthority.Create(Guid.NewGuid(), _time);
        _trust = _authority.Trust();
    }

    public void Dispose()
    {
        _trust.Dispose();
        _authority.Dispose();
    }

    [Theory]
    [InlineData(ClusterRole.Node)]
    [InlineData(ClusterRole.Manager)]
    public void Whose_key_was_signed_is_who_it_is(ClusterRole role)
    {
        var identity = new PeerIdentity(Guid.NewGuid(), role);
        using X509Certificate2 certificate = Sign(_authority, identity);
        Assert.True(certificate.HasPrivateKey);
        Assert.Equal(identity, _trust.Check(certificate, _time.GetUtcNow()));
    }

    [Fact]
    public void An_authority_that_was_written_down_and_read_is_the_same()
    {
        using var again = ClusterAuthority.Read(_authority.ExportCertificate(), _authority.ExportKey(), _time);
        using X509Certificate2 certificate = Sign(again, _node);
        Assert.Equal(_node, _trust.Check(certificate, _time.GetUtcNow()));
        using ClusterTrust trust = again.Trust();
        Assert.Equal(_trust.Digest, trust.Digest);
        Assert.Equal(SHA256.HashSizeInBytes, trust.Digest.Length);
    }

    [Fact]
    public void Another_cluster_s_certificate_is_refused()
    {
        using var other = ClusterAuthority.Create(Guid.NewGuid(), _time);
        using X509Certificate2 certificate = Sign(other, _node);
        MustRefuse("of another cluster", certificate, s_begin);
        Assert.Throws<IdentityException>(() => ClusterAuthority.Read(_authority.ExportCertificate(), other.ExportKey(), _time));
    }

    [Fact]
    public void The_authority_itself_is_nobody()
    {
        using var itself = X509Certificate2.CreateFromPem(_authority.ExportCertificate(), _authority.ExportKey());
        MustRefuse("names no node", itself, s_begin);
    }

    [Fact]
    public void What_a_node_signs_is_refused()
    {
        using X509Certificate2 node = Sign(_authority, _node);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            new PeerIdentity(Guid.NewGuid(), ClusterRole.Manager).ToSubject(), key, HashAlgorithmName.SHA256);
        using X509Certificate2 forged = request.Create(
            node.SubjectName, X509SignatureGenerator.CreateForECDsa(node.GetECDsaPrivateKey()!), s_begin, s_begin.AddDays(1), [1]);
        MustRefuse("of another cluster", forged, s_begin);
    }

    [Fact]
    public void A_certificate_is_good_for_its_time_only()
    {
        using X509Certificate2 certificate = Sign(_authority, _node);
        Assert.Equal(_node, _trust.Check(certificate, s_begin.AddMinutes(-59)));
        MustRefuse("the clocks differ", certificate, s_begin.AddMinutes(-61));
        DateTimeOffset end = s_begin + ClusterAuthority.Validity;
        Assert.Equal(_node, _trust.Check(certificate, end - TimeSpan.FromSeconds(1)));
        MustRefuse("was valid until 2027-02-28 12:00:00Z, and here it is 2027-02-28 12:00:00Z", certificate, end);

        // Its holder has another clock perhaps: "here" is not there.
        Assert.StartsWith(
            "it refuses the certificate of who asks, which was valid until 2027-02-28 12:00:00Z, and there it is",
            Assert.Throws<IdentityException>(() => _trust.Check(certificate, end)).ForHolder, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_differ_in_their_numbers()
    {
        using X509Certificate2 one = Sign(_authority, _node);
        using X509Certificate2 other = Sign(_authority, _node);
        Assert.NotEqual(one.SerialNumber, other.SerialNumber);
    }

    [Fact]
    public void Of_a_request_only_the_key_is_taken_and_its_maker_must_have_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            new PeerIdentity(Guid.NewGuid(), ClusterRole.Manager).ToSubject(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        byte[] bytes = request.CreateSigningRequest();
        using var certificate = X509Certificate2.CreateFromPem(_authority.Sign(bytes, _node));
        Assert.Equal(_node, _trust.Check(certificate, s_begin));
        Assert.False(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);

        bytes[^1] ^= 1;
        Assert.Throws<IdentityException>(() => _authority.Sign(bytes, _node));
        Assert.Throws<IdentityException>(() => _authority.Sign([], _node));
        Assert.Throws<IdentityException>(() => _authority.Sign(new byte[ClusterAuthority.MaxRequest + 1], _node));
        using var other = RSA.Create(2048);
        byte[] ofRsa =
            new CertificateRequest("CN=x", other, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest();
        Assert.Throws<IdentityException>(() => _authority.Sign(ofRsa, _node));
    }

    [Theory]
    [InlineData("CN=x")]
    [InlineData("CN=0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("CN=0f8fad5b-d9cb-469f-a165-70867728950e, OU=2")]
    [InlineData("CN=0f8fad5b-d9cb-469f-a165-70867728950e, OU=Manager, OU=Node")]
    [InlineData("CN=0f8fad5b-d9cb-469f-a165-70867728950e, OU=Node, O=x")]
    public void Only_what_the_authority_writes_names_somebody(string subject) =>
        Assert.Null(PeerIdentity.FromSubject(new X500DistinguishedName(subject)));

    private static X509Certificate2 Sign(ClusterAuthority authority, PeerIdentity identity)
    {
        using var key = NodeKey.Create();
        return NodeKey.Join(authority.Sign(key.Request(), identity), key.Export());
    }

    private void MustRefuse(string reason, X509Certificate2 certificate, DateTimeOffset now) => Assert.Contains(
        reason, Assert.Throws<IdentityException>(() => _trust.Check(certificate, now)).Message, StringComparison.Ordinal);
}
