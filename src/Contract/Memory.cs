namespace KadaluFsd.Contract;

/// <summary>What takes memory.</summary>
/// <param name="ResidentBytes">Of the process, in RAM.</param>
/// <param name="ManagedBytes">The managed heap.</param>
/// <param name="NativeBytes">What the graph, and all other native code, has allocated.</param>
/// <param name="Translators">What each translator has allocated, in pieces; GlusterFS counts no bytes.</param>
public sealed record MemoryReport(long ResidentBytes, long ManagedBytes, long NativeBytes, TranslatorMemory[] Translators);

/// <summary>What one translator has allocated and not freed.</summary>
/// <param name="Volume">Its volume; <c>glusterfs</c> for libglusterfs itself.</param>
/// <param name="Allocations">Pieces in all.</param>
/// <param name="Kinds">Pieces by kind.</param>
public sealed record TranslatorMemory(string Volume, long Allocations, IReadOnlyDictionary<string, long> Kinds);
