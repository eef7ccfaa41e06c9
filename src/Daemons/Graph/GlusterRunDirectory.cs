using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Daemons.Graph;

/// <summary>
/// Where translators put statedumps, and features/changelog its socket (DEFAULT_VAR_RUN_DIRECTORY). They do not create it, and
/// only GlusterFS's server package does.
/// </summary>
internal static class GlusterRunDirectory
{
    private const string Path = "/var/run/gluster";

    /// <summary>Creates it, if missing.</summary>
    /// <returns>Why it cannot be created; null where it is there.</returns>
    internal static string? Create()
    {
        try
        {
            OwnFiles.CreateDirectory(Path);
            return null;
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            return exception.Message;
        }
    }
}
