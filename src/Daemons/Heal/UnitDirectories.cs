using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Heal;

/// <summary>Directories of storage units, as the running graph reaches them.</summary>
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

        // Looked at last: a change that went on meanwhile has marked it, or left it unlike the others, so that they are all
        // looked at again.
        UnitDirectoryNote note = context.InspectUnit(unit, gfid);
        return new CopyListing(unit, entries, note.Version, note.IsMarked) { Attributes = attributes };
    }
}
