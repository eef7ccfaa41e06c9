using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

internal static partial class Kfsd
{
    [LibraryImport(Library, EntryPoint = "kfsd_hook_check")]
    internal static partial int CheckHook();

    [LibraryImport(Library, EntryPoint = "kfsd_adopt")]
    internal static partial int Adopt(nint context, int fd, int isNode);

    [LibraryImport(Library, EntryPoint = "kfsd_connections_limit")]
    internal static unsafe partial void LimitConnections(nint context, NativeConnectionLimits* limits);

    [LibraryImport(Library, EntryPoint = "kfsd_connections_count")]
    internal static unsafe partial void CountConnections(nint context, NativeConnectionCounts* counts);

    [LibraryImport(Library, EntryPoint = "kfsd_connections_expire")]
    internal static partial int ExpireConnections(nint context, long timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "kfsd_adopt_prove")]
    internal static partial int ProveAdoption(nint context, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "kfsd_setvolume_prove")]
    internal static partial int ProveSetVolume(nint context, int timeoutMilliseconds);

    /// <summary>struct kfsd_connection_limits.</summary>
    internal struct NativeConnectionLimits
    {
        internal int Total;
        internal int PerAddress;
        internal int Handshakes;
    }

    /// <summary>struct kfsd_connection_counts.</summary>
    internal struct NativeConnectionCounts
    {
        internal long Open;
        internal long Handshakes;
        internal long RefusedTotal;
        internal long RefusedPerAddress;
        internal long ClosedLate;
        internal long ClosedForOthers;
        internal long RefusedRecords;
    }
}
