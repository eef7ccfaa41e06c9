using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Cluster.Tests.Identity;

/// <summary>Which certificates of a node are good.</summary>
public sealed class NodeCertificatesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private readonly ClusterAuthority _authority;
    private readonly Guid _node = Guid.NewGuid();

    public NodeCertificatesTests() => _authority = ClusterAuthority.Create(Guid.NewGuid(), _time);

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void One_from_before_the_node_has_joined_again_is_not_good_also_when_the_clock_was_ahead_then()
    {
        string stolen = Sign();
        NodeCertificates before = NodeCertificates.Of(stolen);
        _time.AdjustTime(_time.GetUtcNow().AddHours(-20));
        string mine = Sign();
        NodeCertificates after = NodeCertificates.Of(mine, before);
        using var old = X509Certificate2.CreateFromPem(stolen);
        using var own = X509Certificate2.CreateFromPem(mine);
        Assert.False(after.Has(old));
        Assert.True(after.Has(own));
        Assert.Equal(after, after.See(own));
    }

    private string Sign()
    {
        using var key = NodeKey.Create();
        return _authority.Sign(key.Request(), new PeerIdentity(_node, ClusterRole.Node));
    }
}
