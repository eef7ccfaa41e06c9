using System.Security.Cryptography.X509Certificates;

namespace KadaluFsd.Cluster.Identity;

/// <summary>Who is at the other end of a connection, as its certificate says.</summary>
/// <param name="Node">The id of its node.</param>
/// <param name="Role">What it may do.</param>
public sealed record PeerIdentity(Guid Node, ClusterRole Role)
{
    private const string CommonName = "2.5.4.3";
    private const string OrganizationalUnit = "2.5.4.11";

    /// <summary>The subject of its certificate: the node's id as CN, the role as OU.</summary>
    internal X500DistinguishedName ToSubject()
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(Node.ToString());
        subject.AddOrganizationalUnitName(Role.ToString());
        return subject.Build();
    }

    /// <summary>Reads a subject.</summary>
    /// <returns>Null where the cluster's authority has not written it.</returns>
    internal static PeerIdentity? FromSubject(X500DistinguishedName subject)
    {
        string? node = null;
        string? role = null;
        foreach (X500RelativeDistinguishedName part in subject.EnumerateRelativeDistinguishedNames())
        {
            switch (part.HasMultipleElements ? null : part.GetSingleElementType().Value)
            {
                case CommonName when node is null:
                    node = part.GetSingleElementValue();
                    break;
                case OrganizationalUnit when role is null:
                    role = part.GetSingleElementValue();
                    break;
                default:
                    return null;
            }
        }

        return Guid.TryParseExact(node, "D", out Guid id) && Enum.GetValues<ClusterRole>().Any(known => known.ToString() == role)
            ? new PeerIdentity(id, Enum.Parse<ClusterRole>(role!))
            : null;
    }
}
