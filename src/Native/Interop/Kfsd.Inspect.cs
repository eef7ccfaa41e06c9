using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KadaluFsd.Native.Interop;

internal static partial class Kfsd
{
    [LibraryImport(Library, EntryPoint = "kfsd_translators")]
    internal static unsafe partial int GetTranslators(nint context, NativeTranslator* translators, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_operation_counts")]
    internal static unsafe partial int GetOperationCounts(nint context, NativeOperationCount* counts, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_operation_name")]
    internal static unsafe partial byte* GetOperationName(int kind);

    [LibraryImport(Library, EntryPoint = "kfsd_bytes_served")]
    internal static partial int GetBytesServed(nint context, out long bytesRead, out long bytesWritten);

    [LibraryImport(Library, EntryPoint = "kfsd_operations")]
    internal static unsafe partial int GetOperations(
        nint context, long atLeastNanoseconds, NativeOperation* operations, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_memory_kinds")]
    internal static unsafe partial int GetMemoryKinds(nint context, NativeMemory* kinds, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_native_memory")]
    internal static partial long GetNativeMemory();

    [LibraryImport(Library, EntryPoint = "kfsd_options")]
    internal static unsafe partial int GetOptions(nint context, NativeOption* options, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_translator_options", StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int GetTranslatorOptions(string type, NativeOption* options, int capacity);

    [LibraryImport(Library, EntryPoint = "kfsd_clients")]
    internal static unsafe partial int GetClients(nint context, NativeClient* clients, int capacity);

    /// <summary>struct kfsd_translator.</summary>
    internal unsafe struct NativeTranslator
    {
        internal byte* Name;
        internal byte* Type;
        internal long CanReconfigure;
    }

    /// <summary>struct kfsd_operation_count.</summary>
    internal struct NativeOperationCount
    {
        internal long Kind;
        internal long Calls;
        internal long Failures;
        internal long Timed;
        internal long Nanoseconds;
        internal long SlowestNanoseconds;
    }

    /// <summary>struct kfsd_operation.</summary>
    internal unsafe struct NativeOperation
    {
        internal long Id;
        internal long Nanoseconds;
        internal byte* Translator;
        internal int Kind;
        internal int User;
        internal int Process;
        internal fixed byte Client[TextMax];
    }

    /// <summary>struct kfsd_memory.</summary>
    internal unsafe struct NativeMemory
    {
        internal byte* Translator;
        internal byte* Kind;
        internal long Allocations;
    }

    /// <summary>struct kfsd_option.</summary>
    internal unsafe struct NativeOption
    {
        internal byte* Translator;
        internal Keys Keys;
        internal byte* DefaultValue;
        internal byte* Description;
        internal double Minimum;
        internal double Maximum;
        internal byte** Values;
        internal int Type;
        internal int IsSettable;
        internal int Validation;
        internal int CanReconfigure;
    }

    /// <summary>Names of one option; 0 where there are fewer.</summary>
    [InlineArray(4)]
    internal struct Keys
    {
        private nint _first;
    }

    /// <summary>struct kfsd_client.</summary>
    internal unsafe struct NativeClient
    {
        internal long Since;
        internal long BytesRead;
        internal long BytesWritten;
        internal long OpVersion;
        internal fixed byte Id[TextMax];
        internal fixed byte Address[TextMax];
        internal fixed byte Process[64];
        internal fixed byte Version[64];
        internal fixed byte Volfile[256];
        internal fixed byte Subdirectory[TextMax];
    }
}
