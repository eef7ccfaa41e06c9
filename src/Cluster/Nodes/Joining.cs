using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Volgen;

namespace KadaluFsd.Cluster.Nodes;

/// <summary>How a node comes into a cluster.</summary>
public static class Joining
{
    /// <summary>Where the manager gives its authority's certificate, to anybody.</summary>
    public const string AuthorityPath = "/v1/authority";

    /// <summary>Where it lets nodes in.</summary>
    public const string JoinPath = "/v1/join";

    /// <summary>Where it signs other keys of nodes.</summary>
    public const string RenewPath = "/v1/renew";

    // A person waits, and a manager that has let the node in after the node gave up has used the token.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Joins the cluster of a token.</summary>
    /// <param name="token">The token. Its secret is said only to the manager that made it.</param>
    /// <param name="node">What the node says of itself; secret and key are added.</param>
    /// <param name="before">The cluster that it is in; null for none. If it is the same one, that shows who joins again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="key">The key that the node is to have. Whose answer was lost asks again with the same one.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What is to be kept.</returns>
    /// <exception cref="CommandException">It cannot; says why. The token can be used again unless it says otherwise.</exception>
    public static async Task<Membership> JoinAsync(
        JoinToken token, JoinRequest node, ClusterLink? before, TimeProvider time, NodeKey key, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(key);
        using ClusterTrust trust = await FindAuthorityAsync(token, cancellation);
        ClusterTls? own = before?.Membership.Authority == trust.Export() ? before.Tls : null;
        PeerIdentity? manager = null;
        using var client = new PeerClient(token.Host, token.Port, refused => Options((certificate, _) =>
        {
            try
            {
                manager = trust.Check(certificate, time.GetUtcNow());
                return manager.Role == ClusterRole.Manager;
            }
            catch (IdentityException exception)
            {
                refused(exception.Message);
                return false;
            }
        }, own));
        JoinAnswer answer = await client.AskAsync(
            JoinPath, node with { Secret = token.Secret.ToArray(), Key = key.Request(), Time = time.GetUtcNow() },
            NodeJson.Default.JoinRequest, NodeJson.Default.JoinAnswer, s_patience, cancellation);
        return new Membership(
            answer.Cluster, node.Id, node.Name, new ManagerPlace(token.Host, token.Port, manager!.Node), answer.Certificate,
            key.Export(), trust.Export());
    }

    // Before anything is said: whoever answers may be anybody, and the digest in the token says who it has to be.
    private static async Task<ClusterTrust> FindAuthorityAsync(JoinToken token, CancellationToken cancellation)
    {
        using var client = new PeerClient(token.Host, token.Port, _ => Options((certificate, _) => certificate.Handle != 0));
        byte[] certificate = await client.AskAsync(HttpMethod.Get, AuthorityPath, null, s_patience, cancellation);
        ClusterTrust? trust = null;
        try
        {
            trust = ClusterTrust.Read(Encoding.UTF8.GetString(certificate));
            if (CryptographicOperations.FixedTimeEquals(trust.Digest, token.AuthorityDigest.Span))
            {
                return trust;
            }
        }
        catch (IdentityException)
        {
            // It is no manager at all.
        }

        trust?.Dispose();
        throw new CommandException(
            ExitCode.PeerRefused,
            $"{GlusterAddress.WithPort(token.Host, token.Port)}: who answers there is not the manager that made the " +
            "token; nothing was said to it");
    }

    private static SslClientAuthenticationOptions Options(
        Func<X509Certificate2, SslPolicyErrors, bool> check, ClusterTls? own = null) => new()
        {
            ClientCertificateContext = own?.Shown,
            EnabledSslProtocols = SslProtocols.Tls13,
            CertificateChainPolicy = ClusterTrust.CreatePolicy(),
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is X509Certificate2 shown && check(shown, errors),
        };
}
