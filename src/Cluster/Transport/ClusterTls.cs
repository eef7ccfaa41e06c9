using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;

namespace KadaluFsd.Cluster.Transport;

/// <summary>TLS 1.3 between nodes, both ends of which show certificates of their cluster.</summary>
/// <param name="own">What this end shows.</param>
/// <param name="trust">Whom it believes.</param>
/// <param name="time">The clock.</param>
public sealed class ClusterTls(X509Certificate2 own, ClusterTrust trust, TimeProvider time)
{
    /// <summary>What a server does. Clients may come without a certificate: those that have none yet, to join.</summary>
    /// <returns>The options; a certificate that is shown is checked.</returns>
    public SslServerAuthenticationOptions ForServer() => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true),
        EnabledSslProtocols = SslProtocols.Tls13,
        ClientCertificateRequired = true,
        CertificateChainPolicy = trust.CreatePolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is null || (certificate is X509Certificate2 shown && Check(shown, out _) is not null),
    };

    /// <summary>What a client does.</summary>
    /// <param name="expected">Who is to be at the other end.</param>
    /// <param name="refused">Gets why it is not.</param>
    /// <returns>The options.</returns>
    public SslClientAuthenticationOptions ForClient(PeerIdentity expected, Action<string> refused) => new()
    {
        ClientCertificateContext = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true),
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateChainPolicy = trust.CreatePolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            if (certificate is not X509Certificate2 shown)
            {
                refused("it shows no certificate");
                return false;
            }

            PeerIdentity? found = Check(shown, out string? problem);
            if (found != expected)
            {
                refused(problem ?? $"it is the {Describe(found!)}, not the {Describe(expected)}");
            }

            return found == expected;
        },
    };

    /// <summary>Who shows a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="problem">Why it cannot be believed; null where it can.</param>
    /// <returns>Null where it cannot be believed.</returns>
    public PeerIdentity? Check(X509Certificate2 certificate, out string? problem)
    {
        try
        {
            problem = null;
            return trust.Check(certificate, time.GetUtcNow());
        }
        catch (IdentityException exception)
        {
            problem = exception.Message;
            return null;
        }
    }

    private static string Describe(PeerIdentity identity) =>
        $"{(identity.Role == ClusterRole.Manager ? "manager on the node" : "node")} {identity.Node}";
}
