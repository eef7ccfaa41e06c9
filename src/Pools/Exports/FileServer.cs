using System.Globalization;
using KadaluFsd.Linux;

namespace KadaluFsd.Pools.Exports;

/// <summary>A file server's process on this node, NFS-Ganesha's or smbd's.</summary>
/// <param name="places">Where it keeps things.</param>
internal sealed class FileServer(ExportPlaces places)
{
    /// <summary>Whether there is such a process.</summary>
    internal bool IsRunning => RecordLock.FindHolder(places.PidFile) is { } id && IsProgram(id);

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
            // The id may have become another process's before it was opened, and anybody can lock the file.
            return process is not null && RecordLock.FindHolder(places.PidFile) == id && IsProgram(id) &&
                process.Reload() == Errno.None;
        }
    }

    private bool IsProgram(int id)
    {
        try
        {
            string? program = new FileInfo($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/exe").LinkTarget;
            return program is not null && Path.GetFileName(program).Split(' ')[0] == places.Program;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
