using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen;

namespace KadaluFsd.Cluster.Nodes;

/// <summary>What a node keeps of being in a cluster: one file, so that there is never half of it.</summary>
/// <param name="Cluster">The cluster's id.</param>
/// <param name="Node">The node's id.</param>
/// <param name="Name">What it is called in pools.</param>
/// <param name="Manager">Where its manager is.</param>
/// <param name="Certificate">Its certificate, PEM.</param>
/// <param name="Key">Its key, PEM.</param>
/// <param name="Authority">The authority's certificate, PEM.</param>
public sealed record Membership(
    Guid Cluster, Guid Node, string Name, ManagerPlace Manager, string Certificate, string Key, string Authority)
{
    private const int MaxLength = 64 * 1024;

    /// <summary>Reads it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null where there is none: the node is in no cluster.</returns>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static Membership? Find(string path)
    {
        byte[]? text = null;
        SystemRefusal.Guard(path, () => text = File.Exists(path) ? BoundedFile.Read(path, MaxLength) : null);
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, NodeJson.Default.Membership)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException exception)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"{path} is damaged: {exception.Message} Move it away, start the agent, and let the node join again (kadalu " +
                "node join --again TOKEN); its units serve meanwhile");
        }
    }

    /// <summary>Writes it, for root alone.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public void Put(string path) => SystemRefusal.Guard(path, () => AtomicFile.Put(
        path, JsonSerializer.SerializeToUtf8Bytes(this, NodeJson.Default.Membership), FileModes.Secret));
}

/// <summary>Where a manager is, and who it is.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Node">The id of the node that it is on.</param>
public sealed record ManagerPlace(string Host, int Port, Guid Node)
{
    /// <summary><c>HOST:PORT</c>.</summary>
    [JsonIgnore]
    public string Address => GlusterAddress.WithPort(Host, Port);

    /// <summary>Who is to answer there.</summary>
    public PeerIdentity Identity => new(Node, ClusterRole.Manager);
}
