using System.Text.Json.Serialization;
using KadaluFsd.Cluster.Identity;

namespace KadaluFsd.Manager.Nodes;

/// <summary>What is known of the cluster itself.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Host">A name or an address of the manager that all nodes can reach.</param>
/// <param name="Certificate">Its authority's certificate, PEM.</param>
/// <param name="Key">Its authority's key, PEM.</param>
internal sealed record ClusterDocument(Guid Id, string Host, string Certificate, string Key);

/// <summary>What is known of a node.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it is called in pools.</param>
/// <param name="Port">Where its agent serves the manager.</param>
/// <param name="Joined">When it came, or came again.</param>
/// <param name="Version">Its version of this program, when it was last heard of.</param>
/// <param name="Certificates">Which certificates of it are good.</param>
/// <param name="Address">A name or an address where its agent is; null for its name.</param>
public sealed record NodeDocument(
    Guid Id, string Name, int Port, DateTimeOffset Joined, string Version, NodeCertificates Certificates, string? Address = null)
{
    /// <summary>A name or an address where its agent is.</summary>
    [JsonIgnore]
    public string Host => Address ?? Name;

    /// <summary>The same with its agent somewhere else.</summary>
    internal NodeDocument WithAddress(string address) => this with { Address = address == Name ? null : address };

    /// <summary>The same with another name.</summary>
    internal NodeDocument WithName(string name) => this with { Name = name, Address = Address == name ? null : Address };
}

/// <summary>A join token.</summary>
/// <param name="Expires">Until when it can be used.</param>
/// <param name="Maker">The node whose root has asked for it: it is void without that one. Null for the manager's own.</param>
/// <param name="Used">Who has used it; null where nobody has.</param>
internal sealed record TokenDocument(DateTimeOffset Expires, Guid? Maker = null, UsedToken? Used = null);

/// <summary>A node that has joined with a token, and may ask again: the answer may have been lost.</summary>
/// <param name="Node">The node's id.</param>
/// <param name="Certificate">What it was given, PEM.</param>
internal sealed record UsedToken(Guid Node, string Certificate);

/// <summary>How they are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ClusterDocument))]
[JsonSerializable(typeof(NodeDocument))]
[JsonSerializable(typeof(TokenDocument))]
[JsonSerializable(typeof(Guid))]
internal sealed partial class NodeDocumentJson : JsonSerializerContext;
