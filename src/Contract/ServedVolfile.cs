namespace KadaluFsd.Contract;

/// <summary>A volfile that is served.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its content.</param>
/// <param name="Clients">Connected clients that hold this content.</param>
/// <param name="OutdatedClients">Connected clients that hold an earlier one.</param>
public sealed record ServedVolfile(string Key, int Bytes, string Sha256, int Clients, int OutdatedClients);

/// <summary>The result of replacing a volfile.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of the content that is served now.</param>
/// <param name="IsChanged">Whether the content has changed; clients that hold the old one are notified.</param>
/// <param name="IsOwn">Whether it is the volfile of this unit.</param>
/// <param name="Graph">The result for the unit's graph, see <see cref="ReloadResult"/>; null for other volfiles.</param>
/// <param name="Reason">The reason; null where there is none.</param>
public sealed record PutVolfile(string Key, int Bytes, string Sha256, bool IsChanged, bool IsOwn, string? Graph, string? Reason);
