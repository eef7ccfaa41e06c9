using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Native.Interop;

namespace KadaluFsd.Native;

// Reports about the running graph.
public sealed partial class GlusterContext
{
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>Bytes that native code of this process has allocated and not freed, as malloc counts them.</summary>
    public static long NativeBytes => Kfsd.GetNativeMemory();

    /// <summary>Log lines that were suppressed because one call site wrote too many.</summary>
    public long SuppressedLogLines => Kfsd.GetSuppressedLines(Handle);

    /// <summary>Logs how many lines were suppressed of call sites that write no more.</summary>
    public void ReportSuppressedLogLines() => Kfsd.ReportSuppressedLines(Handle);

    /// <summary>The number of authenticated clients.</summary>
    public unsafe int ClientCount => Kfsd.GetClients(Handle, null, 0);

    /// <summary>The translators, from the top.</summary>
    public unsafe GraphTranslator[] GetTranslators() =>
    [
        .. NativeArray.Collect<Kfsd.NativeTranslator>((elements, capacity) => Kfsd.GetTranslators(Handle, elements, capacity))
            .Select(one => new GraphTranslator(NativeText.Read(one.Name), NativeText.Read(one.Type), one.CanReconfigure != 0)),
    ];

    /// <summary>Counts and times of file operations; kinds without calls are left out.</summary>
    /// <returns>One entry for each kind.</returns>
    public unsafe OperationCount[] GetOperationCounts() =>
    [
        .. NativeArray.Collect<Kfsd.NativeOperationCount>(
            (elements, capacity) => Kfsd.GetOperationCounts(Handle, elements, capacity)).Select(one => new OperationCount(
            OperationName((int)one.Kind), one.Calls, one.Failures, one.Timed, one.Nanoseconds / NanosecondsPerSecond,
            one.SlowestNanoseconds / NanosecondsPerSecond)),
    ];

    /// <summary>Bytes of files that clients have read and written since the graph started.</summary>
    /// <returns>The bytes; null when the graph has no <c>debug/io-stats</c>, which counts them.</returns>
    public (long Read, long Written)? GetBytesServed() =>
        Kfsd.GetBytesServed(Handle, out long read, out long written) == 0 ? (read, written) : null;

    /// <summary>The file operations in progress, ones that wait for a lock included; the newest first.</summary>
    /// <param name="atLeast">Leaves out those that have been in progress for a shorter time.</param>
    public unsafe OperationInProgress[] GetOperations(TimeSpan atLeast) =>
    [
        .. NativeArray.Collect<Kfsd.NativeOperation>((elements, capacity) =>
            Kfsd.GetOperations(Handle, (long)atLeast.TotalNanoseconds, elements, capacity)).Select(one => new OperationInProgress(
            one.Id, OperationName(one.Kind), one.Nanoseconds / NanosecondsPerSecond, NativeText.ReadOptional(one.Translator),
            NativeText.Read(one.Client), one.User, one.Process)),
    ];

    /// <summary>The allocations of translators.</summary>
    /// <returns>One entry for each kind of memory.</returns>
    public unsafe MemoryKind[] GetMemoryKinds() =>
    [
        .. NativeArray.Collect<Kfsd.NativeMemory>((elements, capacity) => Kfsd.GetMemoryKinds(Handle, elements, capacity))
            .Select(one => new MemoryKind(NativeText.Read(one.Translator), NativeText.Read(one.Kind), one.Allocations)),
    ];

    /// <summary>The options that the translators know.</summary>
    public unsafe TranslatorOption[] GetOptions() =>
        [.. NativeArray.Collect<Kfsd.NativeOption>((elements, capacity) => Kfsd.GetOptions(Handle, elements, capacity))
            .Select(NativeOptions.Describe)];

    /// <summary>The authenticated clients.</summary>
    public unsafe GraphClient[] GetClients() =>
    [
        .. NativeArray.Collect<Kfsd.NativeClient>((elements, capacity) => Kfsd.GetClients(Handle, elements, capacity))
            .Select(one => new GraphClient(
            NativeText.Read(one.Id), NativeText.Read(one.Address), NativeText.Read(one.Process), NativeText.Read(one.Version),
            NativeText.Read(one.Volfile),
            NativeText.Read(one.Subdirectory), one.OpVersion, DateTimeOffset.FromUnixTimeSeconds(one.Since).UtcDateTime,
            one.BytesRead, one.BytesWritten)),
    ];

    private static unsafe string OperationName(int kind) => NativeText.ReadOptional(Kfsd.GetOperationName(kind)) ?? "UNKNOWN";
}
