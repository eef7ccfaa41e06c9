using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

internal static partial class Kfsd
{
    [LibraryImport(Library, EntryPoint = "kfsd_hook_check")]
    internal static partial int CheckHook();

    [LibraryImport(Library, EntryPoint = "kfsd_adopt")]
    internal static partial int Adopt(nint context, int fd);

    [LibraryImport(Library, EntryPoint = "kfsd_adopt_prove")]
    internal static partial int ProveAdoption(nint context, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "kfsd_setvolume_prove")]
    internal static partial int ProveSetVolume(nint context, int timeoutMilliseconds);
}
