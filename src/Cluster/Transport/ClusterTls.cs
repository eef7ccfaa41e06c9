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
    /// <summary>What this end shows.</summary>
    internal SslStreamCertificateContext Shown =>
        SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true);

    /// <summary>What a server does. Clients may come without a certificate: those that have none yet, to join.</summary>
    /// <returns>
    /// The options. A certificate that is shown is of the cluster, but may have ended: who shows it is told so in words, by whoever serves it and
    /// calls <see cref="Check(X509Certificate2, out string?)"/>.
    /// </returns>
    public SslServerAuthenticationOptions ForServer() => new()
    {
        ServerCertificateContext = Shown,
        EnabledSslProtocols = SslProtocols.Tls13,
        ClientCertificateRequired = true,
        CertificateChainPolicy = trust.CreatePolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is null || (certificate is X509Certificate2 shown && trust.HasSigned(shown)),
    };

    /// <summary>What a client does.</summary>
    /// <param name="expected">Who is to be at the other end.</param>
    /// <param name="refused">Gets why it is not; null where it is.</param>
    /// <param name="findProblem">Finds what is wrong with a certificate of the one that is expected; null for nothing.</param>
    /// <returns>The options.</returns>
    public SslClientAuthenticationOptions ForClient(
        PeerIdentity expected, Action<string?> refused, Func<X509Certificate2, string?>? findProblem = null) => new()
        {
            ClientCertificateContext = Shown,
            EnabledSslProtocols = SslProtocols.Tls13,
            CertificateChainPolicy = trust.CreatePolicy(),
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                if (certificate is not X509Certificate2 shown)
                {
                    refused("it shows no certificate");
                    return false;
                }

                PeerIdentity? found = Check(shown, forHolder: false, out string? problem);
                problem ??= found == expected
                    ? findProblem?.Invoke(shown) : $"it is the {Describe(found!)}, not the {Describe(expected)}";
                refused(problem);
                return problem is null;
            },
        };

    /// <summary>Who shows a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="problem">Why it cannot be believed, for the one who shows it; null where it can.</param>
    /// <returns>Null where it cannot be believed.</returns>
    public PeerIdentity? Check(X509Certificate2 certificate, out string? problem) =>
        Check(certificate, forHolder: true, out problem);

    private PeerIdentity? Check(X509Certificate2 certificate, bool forHolder, out string? problem)
    {
        try
        {
            problem = null;
            return trust.Check(certificate, time.GetUtcNow());
        }
        catch (IdentityException exception)
        {
            problem = forHolder ? exception.ForHolder : exception.Message;
            return null;
        }
    }

    private static string Describe(PeerIdentity identity) =>
        $"{(identity.Role == ClusterRole.Manager ? "manager on the node" : "node")} {identity.Node}";
}
