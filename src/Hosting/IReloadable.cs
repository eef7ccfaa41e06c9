namespace KadaluFsd.Hosting;

/// <summary>Has files that are read again on SIGHUP.</summary>
public interface IReloadable
{
    /// <summary>Reads them again. If they cannot be used, the last good ones stay. From any thread, one at a time.</summary>
    void Reload();
}
