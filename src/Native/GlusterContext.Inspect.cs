using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Native.Interop;

namespace KadaluFsd.Native;

// What can be seen of the running graph.
public sealed partial class GlusterContext
{
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>What native code of this process has allocated and not freed, in bytes, as malloc counts it.</summary>
    public static long NativeBytes => Kfsd.GetNativeMemory();

    /// <summary>Log lines that were held back because one place wrote too many.</summary>
    public long HeldBackLogLines => Kfsd.GetHeldBackLines(Handle);

    /// <summary>Writes how many lines were held back of places that have fallen silent since.</summary>
    public void TellHeldBackLogLines() => Kfsd.TellHeldBackLines(Handle);

    /// <summary>How many clients are connected and were let in.</summary>
    public unsafe int ClientCount => Kfsd.GetClients(Handle, null, 0);

    /// <summary>The translators, from the top.</summary>
    public unsafe GraphTranslator[] GetTranslators() =>
    [
        .. NativeArray.Collect<Kfsd.NativeTranslator>((elements, capacity) => Kfsd.GetTranslators(Handle, elements, capacity))
            .Select(one => new GraphTranslator(NativeText.Read(one.Name), NativeText.Read(one.Type), one.CanReconfigure != 0)),
    ];

    /// <summary>What has come of the file operations that clients asked for; kinds that nobody asked for are left out.</summary>
    /// <returns>One entry for each kind.</returns>
    public unsafe OperationCount[] GetOperationCounts() =>
    [
        .. NativeArray.Collect<Kfsd.NativeOperationCount>(
            (elements, capacity) => Kfsd.GetOperationCounts(Handle, elements, capacity)).Select(one => new OperationCount(
            OperationName((int)one.Kind), one.Calls, one.Failures, one.Timed, one.Nanoseconds / NanosecondsPerSecond,
            one.SlowestNanoseconds / NanosecondsPerSecond)),
    ];

    /// <summary>How many bytes of files clients have read and written since the graph started.</summary>
    /// <returns>The bytes; null when the graph has no <c>debug/io-stats</c>, which counts them.</returns>
    public (long Read, long Written)? GetBytesServed() =>
        Kfsd.GetBytesServed(Handle, out long read, out long written) == 0 ? (read, written) : null;

    /// <summary>The file operations in progress, ones that wait for a lock included; the newest first.</summary>
    /// <param name="atLeast">Leaves out those that have not been in progress for so long.</param>
    public unsafe OperationInProgress[] GetOperations(TimeSpan atLeast) =>
    [
        .. NativeArray.Collect<Kfsd.NativeOperation>((elements, capacity) =>
            Kfsd.GetOperations(Handle, (long)atLeast.TotalNanoseconds, elements, capacity)).Select(one => new OperationInProgress(
            one.Id, OperationName(one.Kind), one.Nanoseconds / NanosecondsPerSecond, NativeText.ReadOptional(one.Translator),
            NativeText.Read(one.Client), one.User, one.Process)),
    ];

    /// <summary>What the translators have allocated.</summary>
    /// <returns>One entry for each kind of memory that was ever used.</returns>
    public unsafe MemoryKind[] GetMemoryKinds() =>
    [
        .. NativeArray.Collect<Kfsd.NativeMemory>((elements, capacity) => Kfsd.GetMemoryKinds(Handle, elements, capacity))
            .Select(one => new MemoryKind(NativeText.Read(one.Translator), NativeText.Read(one.Kind), one.Allocations)),
    ];

    /// <summary>The options that the translators know.</summary>
    public unsafe TranslatorOption[] GetOptions() =>
        [.. NativeArray.Collect<Kfsd.NativeOption>((elements, capacity) => Kfsd.GetOptions(Handle, elements, capacity))
            .Select(NativeOptions.Describe)];

    /// <summary>The clients that are connected and were let in.</summary>
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
