using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>How a pool is to be exported by NFS; what is null stays as it is, or is the default of a new export.</summary>
public sealed record NfsTerms
{
    /// <summary>The clients that stand for all.</summary>
    public const string AllClients = "all";

    /// <summary>The volfile server for the FSAL, on port 24007.</summary>
    public string? Server { get; init; }

    /// <summary>Whether the FSAL asks the pool's own servers and port, as the one of nfs-ganesha-kadalu can.</summary>
    public bool HasPoolServers { get; init; }

    /// <summary>The path that NFS clients mount; the pool's name by default.</summary>
    public string? Pseudo { get; init; }

    /// <summary>The directory of the pool; all of it by default.</summary>
    public string? Directory { get; init; }

    /// <summary>Which clients may mount it; all by default.</summary>
    public string? Clients { get; init; }

    /// <summary>Export_Id; one that is free by default.</summary>
    public int? Number { get; init; }

    /// <summary>Whether they may not write; they may by default.</summary>
    public bool? IsReadOnly { get; init; }

    /// <summary>Whether root on a client is root in the pool; nobody by default.</summary>
    public bool? IsRootTrusted { get; init; }

    /// <summary>Whether the pool's own servers are asked, by what is said and by what stays.</summary>
    /// <param name="before">How it is exported; null where it is not.</param>
    public bool AsksPool(NfsExport? before) => HasPoolServers || (Server is null && before?.HasPoolServers == true);

    /// <summary>The server that is asked for volfiles where the pool's own are not, by what is said and by what stays.</summary>
    /// <param name="before">How it is exported; null where it is not.</param>
    public string ServerAfter(NfsExport? before) => Server ?? before?.Servers ?? PoolNfs.Gateway;

    /// <summary>The export that comes of it, which is not checked.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="before">How it is exported; null where it is not.</param>
    /// <param name="number">Export_Id.</param>
    public NfsExport For(Pool pool, NfsExport? before, int number)
    {
        ArgumentNullException.ThrowIfNull(pool);
        bool hasPoolServers = AsksPool(before);
        return new NfsExport(
            number, pool.Name, pool.Id.ToString(),
            hasPoolServers ? new ClientLines(pool).ServerList : ServerAfter(before), Pseudo ?? before?.Pseudo ?? $"/{pool.Name}")
        {
            Directory = Directory ?? before?.Directory ?? "/",
            Clients = Clients == AllClients ? null : Clients ?? before?.Clients,
            IsReadOnly = IsReadOnly ?? before?.IsReadOnly ?? false,
            IsRootTrusted = IsRootTrusted ?? before?.IsRootTrusted ?? false,
            HasPoolServers = hasPoolServers,
        };
    }

    /// <summary>Whether only who may do what is said, and something is: NFS-Ganesha needs no volfile for that.</summary>
    public bool IsOfAccessOnly =>
        this != new NfsTerms() &&
        this == new NfsTerms { Clients = Clients, IsReadOnly = IsReadOnly, IsRootTrusted = IsRootTrusted };
}
