using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

internal static partial class Kfsd
{
    [LibraryImport(Library, EntryPoint = "kfsd_log", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void Log(
        nint context, int level, int messageId, string domain, string file, string function, string message);

    [LibraryImport(Library, EntryPoint = "kfsd_log_reopen")]
    internal static partial void ReopenLog(nint context);

    [LibraryImport(Library, EntryPoint = "kfsd_log_level")]
    internal static partial int SetLogLevel(nint context, int level);

    [LibraryImport(Library, EntryPoint = "kfsd_log_format")]
    internal static partial void SetLogFormat(nint context, int format);

    [LibraryImport(Library, EntryPoint = "kfsd_log_limit")]
    internal static partial void SetLogLimit(nint context, int lines);

    [LibraryImport(Library, EntryPoint = "kfsd_log_suppressed")]
    internal static partial long GetSuppressedLines(nint context);

    [LibraryImport(Library, EntryPoint = "kfsd_log_report_suppressed")]
    internal static partial void ReportSuppressedLines(nint context);

    [LibraryImport(Library, EntryPoint = "kfsd_report_crashes", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ReportCrashes(string path, string heading);

    [LibraryImport(Library, EntryPoint = "kfsd_log_finish")]
    internal static partial void FinishLog(nint context);
}
