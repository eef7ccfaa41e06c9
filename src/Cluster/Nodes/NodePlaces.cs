using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Cluster.Nodes;

/// <summary>Where a node's agent is.</summary>
/// <param name="Node">The node's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Port">Its agent's port.</param>
/// <param name="Address">A name or an address where its agent is; null for its name.</param>
/// <param name="Certificates">Which certificates of it are good; null where that was not said.</param>
public sealed record NodePlace(
    Guid Node, string Name, int Port, string? Address = null, NodeCertificates? Certificates = null);

/// <summary>
/// Where the agents of a cluster are, and which certificates they may show, as its manager has said: for when that one does not answer.
/// </summary>
/// <param name="nodes">The nodes; null where nothing was said.</param>
public sealed class NodePlaces(NodePlace[]? nodes)
{
    private const int MaxLength = 4 * 1024 * 1024;

    /// <summary>All nodes; empty where nothing is known.</summary>
    public IReadOnlyList<NodePlace> All { get; } = [.. nodes?.OfType<NodePlace>() ?? []];

    /// <summary>Reads what was said last.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Nothing where it is missing or cannot be read: then no other node is believed until the manager says it again.</returns>
    public static NodePlaces Read(string path)
    {
        try
        {
            return new NodePlaces(File.Exists(path)
                ? JsonSerializer.Deserialize(BoundedFile.Read(path, MaxLength), NodeJson.Default.NodePlaceArray) : null);
        }
        catch (Exception exception) when (exception is JsonException || SystemRefusal.Is(exception))
        {
            return new NodePlaces(null);
        }
    }

    /// <summary>Notes it, if something was said that is not noted.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public void PutIfNew(string path)
    {
        if (nodes is not null && !Read(path).All.SequenceEqual(All))
        {
            byte[] text = JsonSerializer.SerializeToUtf8Bytes([.. All], NodeJson.Default.NodePlaceArray);
            SystemRefusal.Guard(path, () => AtomicFile.Put(path, text, FileModes.Secret));
        }
    }

    /// <summary>Where a node's agent is; where nothing is known of it, where agents usually are.</summary>
    /// <param name="node">The node's id.</param>
    /// <param name="name">Its name in a pool, which may not have been told yet that the node has another one by now.</param>
    public (string Host, int Port) Find(Guid node, string name) =>
        All.FirstOrDefault(place => place.Node == node) is { } known
            ? (known.Address ?? known.Name, known.Port) : (name, DefaultPorts.Agent);

    /// <summary>Finds out why a certificate is not believed that the cluster's authority has signed for a node.</summary>
    /// <param name="node">The node's id.</param>
    /// <param name="shown">The certificate.</param>
    /// <returns>Null where it is believed: the node is of the cluster, and the certificate is one that it got last.</returns>
    public string? FindProblem(Guid node, X509Certificate2 shown) => All.FirstOrDefault(place => place.Node == node) switch
    {
        null => "it is not among the nodes that the manager has named last: it was removed from the cluster, or has just joined",
        { Certificates: { } certificates } => certificates.Has(shown) ? null : NodeCertificates.Problem,
        _ => "the manager has not said which certificates of it are good",
    };
}
