using KadaluFsd.Cluster.Identity;

namespace KadaluFsd.Cluster.Tests.Identity;

/// <summary>What a person pastes on a node that is to join.</summary>
public class JoinTokenTests
{
    [Theory]
    [InlineData("server1", "server1:24010/")]
    [InlineData("192.0.2.7", "192.0.2.7:24010/")]
    [InlineData("fd00::1", "[fd00::1]:24010/")]
    public void It_is_read_as_it_was_written(string host, string beginning)
    {
        using var authority = ClusterAuthority.Create(Guid.NewGuid(), TimeProvider.System);
        using ClusterTrust trust = authority.Trust();
        var token = JoinToken.Create(host, 24010, trust);
        string text = token.ToString();
        Assert.StartsWith(beginning, text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 0, 100);
        var read = JoinToken.Parse($" {text}\n");
        Assert.Equal((host, 24010), (read.Host, read.Port));
        Assert.Equal(token.Secret.ToArray(), read.Secret.ToArray());
        Assert.Equal(trust.Digest, read.AuthorityDigest.ToArray());
        Assert.Equal(token.DigestOfSecret(), read.DigestOfSecret());
        Assert.NotEqual(token.DigestOfSecret(), JoinToken.Create(host, 24010, trust).DigestOfSecret());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("server1")]
    [InlineData("server1:24010")]
    [InlineData("server1:24010/")]
    [InlineData("server1:24010/AAAA")]
    [InlineData("server1:0/{0}")]
    [InlineData("server1:65536/{0}")]
    [InlineData("server1:+1/{0}")]
    [InlineData(":24010/{0}")]
    [InlineData("server 1:24010/{0}")]
    [InlineData("server1:24010/{0}A")]
    [InlineData("server1:24010/{0}{0}{0}{0}{0}{0}{0}")]
    [InlineData("server1:24010/!{0}")]
    public void Anything_else_is_refused(string text)
    {
        string good = new('A', 64);
        Assert.NotNull(JoinToken.Parse($"server1:24010/{good}"));
        string given = text.Replace("{0}", good, StringComparison.Ordinal);
        Assert.Contains(
            "kadalu node token", Assert.Throws<IdentityException>(() => JoinToken.Parse(given)).Message, StringComparison.Ordinal);
    }
}
