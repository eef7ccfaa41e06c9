using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Heal;

/// <summary>Directories of storage units, read through the running graph.</summary>
internal sealed class UnitDirectories(GlusterContext context) : ICopySource
{
    /// <inheritdoc/>
    public CopyListing Read(string unit, Guid gfid)
    {
        var entries = new Dictionary<string, CopyEntry>(StringComparer.Ordinal);
        var attributes = new Dictionary<string, EntryAttributes>(StringComparer.Ordinal);
        foreach (UnitEntry entry in context.ListUnit(unit, gfid))
        {
            entries[entry.Name] = new CopyEntry(entry.Gfid, entry.IsDirectory);
            attributes[entry.Name] = entry.Attributes;
        }

        // Read last: a change in the meantime has marked it, or made it differ from the others, so that all are read again.
        UnitDirectoryNote note = context.InspectUnit(unit, gfid);
        return new CopyListing(unit, entries, note.Version, note.IsMarked) { Attributes = attributes };
    }
}
