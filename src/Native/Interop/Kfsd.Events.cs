using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

internal static partial class Kfsd
{
    [LibraryImport(Library, EntryPoint = "kfsd_event_fd")]
    internal static partial int GetEventFd(nint context);

    [LibraryImport(Library, EntryPoint = "kfsd_event_next")]
    internal static unsafe partial int TakeEvent(nint context, out int kind, byte* text, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_relay_take")]
    internal static unsafe partial int TakeRelay(nint context, NativeRelayClient* client);

    /// <summary>struct kfsd_relay_client.</summary>
    internal unsafe struct NativeRelayClient
    {
        internal long Port;
        internal fixed byte Address[64];
        internal fixed byte Name[256];
        internal int Fd;
    }
}
