using KadaluFsd.Contract;
using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>How a pool is to be shared by SMB; what is null stays as it is, or is the default of a new share.</summary>
/// <param name="Name">The share's name; the pool's by default.</param>
/// <param name="Directory">The directory of the pool; all of it by default.</param>
/// <param name="IsReadOnly">Whether clients may not write; they may by default.</param>
public sealed record SambaTerms(string? Name, string? Directory, bool? IsReadOnly);

/// <summary>Pools that Samba of this node shares.</summary>
/// <param name="say">Gets what was done, a line each.</param>
public sealed class PoolSamba(ExportPlaces places, Action<string> say)
{
    private readonly SambaShares _files = new(places);

    /// <summary>Shares a pool, or changes how it is shared.</summary>
    /// <exception cref="CommandException">It cannot be shared so.</exception>
    internal void Share(Pool pool, SambaTerms terms)
    {
        SambaShare? before = _files.Find(pool.Name);
        var share = new SambaShare(
            terms.Name ?? before?.Name ?? pool.Name, pool.Name, pool.Id.ToString(), new ClientLines(pool).SambaServers)
        {
            Directory = terms.Directory ?? before?.Directory ?? "/",
            IsReadOnly = terms.IsReadOnly ?? before?.IsReadOnly ?? false,
        };
        share.Check();
        _files.Put(share);
        string access = share.IsReadOnly ? "read-only" : "writable";
        SayOf($"{pool.Name} is shared by SMB as {share.Name}: {share.Directory} of it, {access}");
        if (!_files.AreIncluded)
        {
            say($"warning: Samba does not know it yet: {places.Configuration} needs, as its last line, {_files.IncludeLine}");
        }
    }

    /// <summary>Ends a pool's share.</summary>
    internal void Remove(string pool)
    {
        _files.Remove(pool);
        SayOf($"{pool} is not shared by SMB any more; clients that are connected stay so until they leave");
    }

    /// <summary>Brings the share into line with a pool that has been created or changed.</summary>
    internal void Refresh(Pool pool)
    {
        string servers = new ClientLines(pool).SambaServers;
        SambaShare? share = _files.Find(pool.Name);
        if (share is not null && share.Volume != pool.Id.ToString())
        {
            say($"warning: a share of an earlier pool {pool.Name} was left over");
            Remove(pool.Name);
        }
        else if (share is not null && share.Servers != servers)
        {
            _files.Put(share with { Servers = servers });
            SayOf($"{pool.Name} is shared by SMB as {share.Name} from other servers");
        }
    }

    /// <summary>Ends a pool's share if it has one.</summary>
    internal void Forget(string pool)
    {
        if (_files.Find(pool) is not null)
        {
            Remove(pool);
        }
    }

    private void SayOf(string what) =>
        say(_files.Reload() ? $"{what}; smbd has been told" : $"{what}; smbd does not run on this node ({places.PidFile})");
}
