using System.Text.Json.Serialization;

namespace KadaluFsd.Cluster.Nodes;

/// <summary>A node asks to be of the cluster.</summary>
/// <param name="Secret">Of the join token, which says so.</param>
/// <param name="Id">The node's id, which it keeps.</param>
/// <param name="Name">What it is called in pools.</param>
/// <param name="Port">Where its agent serves the manager and other nodes.</param>
/// <param name="Key">A certificate request, DER: see <see cref="Identity.NodeKey.Request"/>.</param>
/// <param name="Time">What its clock says.</param>
/// <param name="Version">Its version of this program.</param>
/// <param name="Generation">The highest number of a task that it has seen, of an earlier manager.</param>
public sealed record JoinRequest(
    byte[] Secret, Guid Id, string Name, int Port, byte[] Key, DateTimeOffset Time, string Version, long Generation = 0);

/// <summary>It is of the cluster now.</summary>
/// <param name="Cluster">The cluster's id.</param>
/// <param name="Certificate">The node's certificate, PEM.</param>
/// <param name="Authority">The authority's certificate, PEM.</param>
public sealed record JoinAnswer(Guid Cluster, string Certificate, string Authority);

/// <summary>A node asks for another certificate, before its own ends.</summary>
/// <param name="Key">A certificate request, DER.</param>
public sealed record RenewalRequest(byte[] Key);

/// <summary>The other certificate.</summary>
/// <param name="Certificate">PEM.</param>
public sealed record RenewalAnswer(string Certificate);

/// <summary>How what nodes ask of the manager is read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(RenewalRequest))]
[JsonSerializable(typeof(RenewalAnswer))]
[JsonSerializable(typeof(Membership))]
[JsonSerializable(typeof(NodeReport))]
[JsonSerializable(typeof(ReportAnswer))]
[JsonSerializable(typeof(NodePlace[]))]
[JsonSerializable(typeof(PortReport))]
[JsonSerializable(typeof(DefinitionAnswer))]
[JsonSerializable(typeof(NodeCheckup))]
[JsonSerializable(typeof(ReachQuestion))]
[JsonSerializable(typeof(ReachAnswer))]
public sealed partial class NodeJson : JsonSerializerContext;
