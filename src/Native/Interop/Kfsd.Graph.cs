using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

internal static partial class Kfsd
{
    [LibraryImport(Library, EntryPoint = "kfsd_graph_start", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int StartGraph(nint context, byte* volfile, long volfileLength, string listenPath);

    [LibraryImport(Library, EntryPoint = "kfsd_client_graph_start")]
    internal static unsafe partial int StartClientGraph(nint context, byte* volfile, long volfileLength);

    [LibraryImport(Library, EntryPoint = "kfsd_graph_reconfigure")]
    internal static unsafe partial int ReconfigureGraph(nint context, byte* volfile, long volfileLength);

    [LibraryImport(Library, EntryPoint = "kfsd_statedump", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void WriteStatedump(nint context, string? directory);

    [LibraryImport(Library, EntryPoint = "kfsd_operations_in_progress")]
    internal static partial long GetOperationsInProgress(nint context);

    [LibraryImport(Library, EntryPoint = "kfsd_quiesce")]
    internal static partial int Quiesce(nint context, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "kfsd_quiesce_cut_short")]
    internal static partial void CutQuiesceShort(nint context);
}
