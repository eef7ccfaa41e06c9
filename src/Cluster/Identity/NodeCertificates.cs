using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KadaluFsd.Cluster.Identity;

/// <summary>
/// Which certificates of a node are good: those that the manager gave it last. An earlier one may be in others' hands, such as on the disk of a
/// machine that was removed.
/// </summary>
/// <param name="Current">The latest one: SHA-256 of it, in hexadecimal digits.</param>
/// <param name="Earlier">The one before, until the latest one was seen; null afterwards.</param>
/// <param name="Issued">From when on the latest one is valid. It never goes back, whatever the clock does.</param>
public sealed record NodeCertificates(string Current, string? Earlier, DateTimeOffset Issued)
{
    /// <summary>What is wrong with a certificate that is not good.</summary>
    public const string Problem = "its certificate is not the one that the node got last";

    /// <summary>Those of a node that joins: the one that it gets, and none before.</summary>
    /// <param name="certificate">The one that it gets, PEM.</param>
    /// <param name="before">Those that it had; null for a new node.</param>
    public static NodeCertificates Of(string certificate, NodeCertificates? before = null)
    {
        using var given = X509Certificate2.CreateFromPem(certificate);
        return new NodeCertificates(DigestOf(given), null, before?.Later(IssueOf(given)) ?? IssueOf(given));
    }

    /// <summary>Whether a certificate that the cluster's authority has signed for the node is good.</summary>
    /// <remarks>One that was issued later was given by a manager that knew more than this copy of the state.</remarks>
    public bool Has(X509Certificate2 shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        return DigestOf(shown) is var digest && (digest == Current || digest == Earlier || IssueOf(shown) > Issued);
    }

    /// <summary>Those after a good one was shown: no earlier one any more, if it was the latest.</summary>
    public NodeCertificates See(X509Certificate2 shown) =>
        DigestOf(shown) == Earlier ? this : new NodeCertificates(DigestOf(shown), null, Later(IssueOf(shown)));

    /// <summary>Those after another one was given: until that was seen, its answer may have been lost.</summary>
    public NodeCertificates Give(string certificate, X509Certificate2 shown)
    {
        NodeCertificates given = Of(certificate);
        return given with { Earlier = DigestOf(shown), Issued = Later(given.Issued) };
    }

    private DateTimeOffset Later(DateTimeOffset issued) => issued > Issued ? issued : Issued;

    private static DateTimeOffset IssueOf(X509Certificate2 certificate) => certificate.NotBefore.ToUniversalTime();

    private static string DigestOf(X509Certificate2 certificate) =>
        certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
}
