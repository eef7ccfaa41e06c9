namespace KadaluFsd.Contract;

/// <summary>A volfile that is served.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its content.</param>
/// <param name="Clients">How many connected clients hold this content.</param>
/// <param name="OutdatedClients">How many hold an earlier one.</param>
public sealed record ServedVolfile(string Key, int Bytes, string Sha256, int Clients, int OutdatedClients);

/// <summary>What came of putting a volfile.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its content, which is on disk and served now.</param>
/// <param name="IsChanged">Whether another content was served before; clients that hold that are told.</param>
/// <param name="IsOwn">Whether it is the volfile that this unit itself runs.</param>
/// <param name="Graph">What its graph made of it then, see <see cref="ReloadResult"/>; null otherwise.</param>
/// <param name="Reason">Why; null where there is nothing to say.</param>
public sealed record PutVolfile(string Key, int Bytes, string Sha256, bool IsChanged, bool IsOwn, string? Graph, string? Reason);
