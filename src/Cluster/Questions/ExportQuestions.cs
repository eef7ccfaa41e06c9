using System.Text.Json.Serialization;

namespace KadaluFsd.Cluster.Questions;

/// <summary>Has NFS-Ganesha on the node export the pool, or changes how it does. The answer is <see cref="ExportDone"/>.</summary>
/// <param name="PoolId">Its id; empty for a pool that the cluster has no more, whose export is ended.</param>
/// <param name="Terms">How; null where it is not to be exported any more.</param>
public sealed record NfsExportQuestion(string Pool, Guid PoolId, NfsExportTerms? Terms) : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>Has Samba on the node share the pool, or changes how it does. The answer is <see cref="ExportDone"/>.</summary>
/// <param name="PoolId">Its id; empty for a pool that the cluster has no more, whose share is ended.</param>
/// <param name="Terms">How; null where it is not to be shared any more.</param>
public sealed record SmbShareQuestion(string Pool, Guid PoolId, SmbShareTerms? Terms) : NodeQuestion(Pool, PoolId)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override bool NeedsProcess => true;
}

/// <summary>How a pool is to be exported by NFS; what is null stays as it is, or is the default of a new export.</summary>
/// <param name="Address">Where NFS-Ganesha fetches the volfile, on port 24007.</param>
/// <param name="Alias">The same, at the address that the pool's units have as their alias.</param>
/// <param name="HasPoolServers">Whether it fetches it from the pool's own servers and port.</param>
/// <param name="Pseudo">The path that NFS clients mount.</param>
/// <param name="Number">Export_Id.</param>
/// <param name="Directory">The directory of the pool.</param>
/// <param name="Clients">Which clients may mount it.</param>
/// <param name="IsReadOnly">Whether they may not write.</param>
/// <param name="IsRootTrusted">Whether root on a client is root in the pool.</param>
public sealed record NfsExportTerms(
    string? Address, string? Alias, bool HasPoolServers, string? Pseudo, int? Number, string? Directory, string? Clients,
    bool? IsReadOnly, bool? IsRootTrusted);

/// <summary>How a pool is to be shared by SMB; what is null stays as it is, or is the default of a new share.</summary>
/// <param name="Name">The share's name.</param>
/// <param name="Directory">The directory of the pool.</param>
/// <param name="IsReadOnly">Whether clients may not write.</param>
public sealed record SmbShareTerms(string? Name, string? Directory, bool? IsReadOnly);

/// <summary>A file server was told.</summary>
/// <param name="Said">What was done, and what is to be done by hand, a line each.</param>
public sealed record ExportDone(string[] Said);
