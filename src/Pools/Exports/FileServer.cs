using KadaluFsd.Linux;

namespace KadaluFsd.Pools.Exports;

/// <summary>A file server's process on this node, NFS-Ganesha's or smbd's.</summary>
/// <param name="places">Where it keeps things.</param>
internal sealed class FileServer(ExportPlaces places)
{
    /// <summary>Whether its process runs.</summary>
    internal bool IsRunning => RecordLock.FindHolder(places.PidFile) is not null;

    /// <summary>Has it read its configuration again (SIGHUP). What comes of it is in its log only.</summary>
    /// <returns>Whether there is such a process, and it could be told.</returns>
    internal bool Reload()
    {
        if (RecordLock.FindHolder(places.PidFile) is not { } id)
        {
            return false;
        }

        _ = ProcessReference.Open(id, out ProcessReference? process);
        using (process)
        {
            // The id may have become another process's before it was opened.
            return process is not null && RecordLock.FindHolder(places.PidFile) == id && process.Reload() == Errno.None;
        }
    }

    /// <summary>Whether the server's configuration includes something.</summary>
    /// <param name="isIncluding">Whether a line of it does.</param>
    internal bool Includes(Func<string, bool> isIncluding) =>
        ExportPlaces.TryRead(places.Configuration)?.Split('\n').Any(line => isIncluding(line.Trim())) == true;
}
