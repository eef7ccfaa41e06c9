using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

internal static partial class Kfsd
{
    [LibraryImport(Library, EntryPoint = "kfsd_api_version")]
    internal static partial int GetApiVersion();

    [LibraryImport(Library, EntryPoint = "kfsd_glusterfs_version")]
    internal static unsafe partial byte* GetGlusterFsVersion();

    [LibraryImport(Library, EntryPoint = "kfsd_translator_directory")]
    internal static unsafe partial byte* GetTranslatorDirectory();

    [LibraryImport(Library, EntryPoint = "kfsd_own_translator_directory")]
    internal static unsafe partial byte* GetOwnTranslatorDirectory();

    [LibraryImport(Library, EntryPoint = "kfsd_last_error")]
    internal static unsafe partial byte* GetLastError();

    [LibraryImport(Library, EntryPoint = "kfsd_context_create", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CreateContext(string logFile, int logLevel, string volfileId, out nint context);

    [LibraryImport(Library, EntryPoint = "kfsd_descriptors_reserve")]
    internal static partial void ReserveDescriptors(int line);
}
