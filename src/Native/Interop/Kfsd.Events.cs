using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

internal static partial class Kfsd
{
    [LibraryImport(Library, EntryPoint = "kfsd_event_fd")]
    internal static partial int GetEventFd(nint context);

    [LibraryImport(Library, EntryPoint = "kfsd_event_next")]
    internal static unsafe partial int TakeEvent(nint context, out int kind, byte* text, int capacity);
}
