using KadaluFsd.Cluster.Questions;

namespace KadaluFsd.Cluster.Commands;

/// <summary>What clients have to know of a pool.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="NfsNumber">The Export_Id that it has on a node, or could have; null where no node says one.</param>
public sealed record PoolAccess(PoolInfo Pool, int? NfsNumber);

/// <summary>Asks for a volfile.</summary>
/// <param name="Kind">The kind of graph.</param>
/// <param name="Unit">The unit, <c>NODE:PATH</c>; null for graphs of the whole pool.</param>
/// <param name="Hosts">Names of nodes in the client's network, each <c>NODE=NAME</c>.</param>
/// <param name="IsTls">Whether connections to units are encrypted.</param>
public sealed record VolfileOrder(string Kind, string? Unit, string[] Hosts, bool IsTls);

/// <summary>A volfile.</summary>
/// <param name="Node">The node that has built it.</param>
/// <param name="Text">It. It may have the pool's password.</param>
/// <param name="Warnings">Layers that the node has no translators for.</param>
public sealed record VolfileAnswer(string Node, string Text, string[] Warnings);

/// <summary>Has NFS-Ganesha of a node export a pool.</summary>
/// <param name="Node">The node.</param>
/// <param name="Terms">How; null where it is not to be exported any more.</param>
public sealed record NfsExportOrder(string Node, NfsExportTerms? Terms);

/// <summary>Has Samba of a node share a pool.</summary>
/// <param name="Node">The node.</param>
/// <param name="Terms">How; null where it is not to be shared any more.</param>
public sealed record SmbShareOrder(string Node, SmbShareTerms? Terms);
