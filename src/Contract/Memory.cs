namespace KadaluFsd.Contract;

/// <summary>Memory of a process.</summary>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="ManagedBytes">The managed heap.</param>
/// <param name="NativeBytes">Memory allocated by native code, the graph included.</param>
/// <param name="Translators">Allocations of each translator, as a number: GlusterFS counts no bytes.</param>
public sealed record MemoryReport(long ResidentBytes, long ManagedBytes, long NativeBytes, TranslatorMemory[] Translators);

/// <summary>The live allocations of one translator.</summary>
/// <param name="Volume">Its volume; <c>glusterfs</c> for libglusterfs itself.</param>
/// <param name="Allocations">Their number.</param>
/// <param name="Kinds">Their number by kind.</param>
public sealed record TranslatorMemory(string Volume, long Allocations, IReadOnlyDictionary<string, long> Kinds);
