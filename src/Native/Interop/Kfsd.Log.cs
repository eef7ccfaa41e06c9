using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

internal static partial class Kfsd
{
    [LibraryImport(Library, EntryPoint = "kfsd_log", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void Log(nint context, int level, int messageId, string domain, string file, string function, string message);

    [LibraryImport(Library, EntryPoint = "kfsd_log_reopen")]
    internal static partial void ReopenLog(nint context);

    [LibraryImport(Library, EntryPoint = "kfsd_log_finish")]
    internal static partial void FinishLog(nint context);
}
