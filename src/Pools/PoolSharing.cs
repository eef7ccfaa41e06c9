using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>Has NFS-Ganesha and Samba on this node give pools to their clients.</summary>
/// <param name="store">The pools of this node.</param>
/// <param name="recovery">Takes their locks.</param>
/// <param name="exports">Their exports and shares.</param>
public sealed class PoolSharing(PoolStore store, PoolRecovery recovery, PoolExports exports)
{
    /// <summary>Exports a pool by NFS, or changes how it is exported.</summary>
    /// <exception cref="CommandException">It cannot be exported so.</exception>
    public async Task ExportNfsAsync(string name, NfsTerms terms)
    {
        // It may hang, and must not hold up other pools.
        IReadOnlySet<int> live = await PoolNfs.ListNumbersAsync();
        using ChangeLock taken = await recovery.LockForCreationAsync(name);
        await exports.Nfs.ExportAsync(store.Get(name).Pool, terms, live, taken.All);
    }

    /// <summary>Ends a pool's export by NFS, also that of a pool that is gone.</summary>
    /// <exception cref="CommandException">NFS-Ganesha does not let go of it.</exception>
    public async Task EndNfsAsync(string name)
    {
        using IDisposable taken = await recovery.LockAsync(name);
        await exports.Nfs.RemoveAsync(name);
    }

    /// <summary>Shares a pool by SMB, or changes how it is shared.</summary>
    /// <exception cref="CommandException">It cannot be shared so.</exception>
    public async Task ShareBySmbAsync(string name, SambaTerms terms)
    {
        using ChangeLock taken = await recovery.LockForCreationAsync(name);
        exports.Samba.Share(store.Get(name).Pool, terms);
    }

    /// <summary>Ends a pool's share.</summary>
    public async Task EndSmbAsync(string name)
    {
        using ChangeLock taken = await recovery.LockForCreationAsync(name);
        exports.Samba.Remove(name);
    }
}
