using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Pools as file servers of this node give them on: NFS-Ganesha's exports, Samba's shares.</summary>
/// <param name="say">Gets what was done, a line each.</param>
public sealed class PoolExports(PoolPaths paths, Action<string> say)
{
    /// <summary>By NFS.</summary>
    public PoolNfs Nfs { get; } = new(paths.Ganesha, say);

    /// <summary>By SMB.</summary>
    public PoolSamba Samba { get; } = new(paths.Samba, say);

    /// <summary>Brings both into line with a pool that has been created or changed. Warns where that fails.</summary>
    internal async Task RefreshAsync(Pool pool)
    {
        await WarnAsync(() => Nfs.RefreshAsync(pool));
        await WarnAsync(() => Samba.Refresh(pool));
    }

    /// <summary>Ends both for a pool that is deleted. Warns where that fails: the pool goes all the same.</summary>
    internal async Task RemoveAsync(string pool)
    {
        await WarnAsync(() => Nfs.ForgetAsync(pool));
        await WarnAsync(() => Samba.Forget(pool));
    }

    private Task WarnAsync(Action act) => WarnAsync(() =>
    {
        act();
        return Task.CompletedTask;
    });

    private async Task WarnAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception exception) when (exception is CommandException or IOException or UnauthorizedAccessException)
        {
            say($"warning: {exception.Message}");
        }
    }
}
