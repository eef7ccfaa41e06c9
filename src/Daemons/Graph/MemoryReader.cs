using KadaluFsd.Contract;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Graph;

/// <summary>Reads the memory figures of a process with a graph.</summary>
internal static class MemoryReader
{
    internal static MemoryReport Read(GlusterContext context) => new(
        Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false), GlusterContext.NativeBytes,
        [
            .. context.GetMemoryKinds().GroupBy(kind => kind.Translator).Select(group => new TranslatorMemory(
                group.Key, group.Sum(kind => kind.Allocations),
                group.Where(kind => kind.Allocations != 0).OrderByDescending(kind => kind.Allocations)
                .GroupBy(kind => kind.Kind).ToDictionary(kinds => kinds.Key, kinds => kinds.Sum(kind => kind.Allocations)))),
        ]);
}
