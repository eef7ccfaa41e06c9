using System.Runtime.InteropServices;
using KadaluFsd.Contract;
using KadaluFsd.Native.Interop;

namespace KadaluFsd.Native;

// Orders to a self-heal daemon's graph.
public sealed partial class GlusterContext
{
    /// <summary>
    /// The storage units that a graph without a server is a client of, by the name of their <c>protocol/client</c> volume.
    /// </summary>
    /// <returns>Whether each is connected, in the order of the volfile.</returns>
    public unsafe (string Volume, bool IsConnected)[] GetUnits() =>
    [
        .. NativeArray.Collect<Kfsd.NativeUnit>((elements, capacity) => Kfsd.GetUnits(Handle, elements, capacity))
            .Select(one => (NativeText.Read(one.Volume), one.IsConnected != 0)),
    ];

    /// <summary>
    /// Has a self-heal daemon's graph crawl for what has to be healed. Waits for the units, which say whether they are on this
    /// node.
    /// </summary>
    /// <param name="isFull">True for a full crawl, false for the indices of units.</param>
    /// <returns>The result for each unit.</returns>
    /// <exception cref="GraphException">There is no graph, or no memory.</exception>
    public unsafe HealStart[] StartHeal(bool isFull)
    {
        // The call is the order, so it is made once, with room for every volume.
        var heals = new Kfsd.NativeHeal[NativeText.Check(Kfsd.GetTranslators(Handle, null, 0))];
        int count;
        fixed (Kfsd.NativeHeal* first = heals)
        {
            count = NativeText.Check(Kfsd.StartHeal(Handle, isFull ? Kfsd.HealFull : Kfsd.HealIndex, first, heals.Length));
        }

        return
        [
            .. heals.Take(count)
                .Select(one =>
                    new HealStart(
                        NativeText.Read(one.Translator), NativeText.Read(one.Unit), one.IsStarted != 0,
                        NativeText.Read(one.Status))),
        ];
    }

    /// <summary>The latest crawls and those that are running. Only <c>cluster/replicate</c> records them.</summary>
    /// <returns>All recorded crawls by group and unit, the oldest first.</returns>
    /// <exception cref="GraphException">There is no memory.</exception>
    public unsafe HealCrawl[] GetHealCrawls() =>
    [
        .. NativeArray.Collect<Kfsd.NativeHealCrawl>((elements, capacity) => Kfsd.GetHealCrawls(Handle, elements, capacity))
            .Select(one => new HealCrawl(
            NativeText.Read(one.Translator), NativeText.Read(one.Unit), one.IsFull != 0,
            DateTimeOffset.FromUnixTimeSeconds(one.Begun).UtcDateTime,
            one.Ended > 0 ? DateTimeOffset.FromUnixTimeSeconds(one.Ended).UtcDateTime : null, one.Healed, one.SplitBrain,
            one.Failed)),
    ];

    /// <summary>
    /// Marks on all other units of a mirror that one of them missed everything: it is healed from them, and not read before. For
    /// a unit that comes back without its files, or with old ones. Waits for the units.
    /// </summary>
    /// <param name="unit">The unit's <c>protocol/client</c> volume, below a <c>cluster/replicate</c>. It must not be connected;
    /// all others of its group must be, unless they are lost.</param>
    /// <param name="isEverything">True to mark every file; false for the root directory, which is enough for an empty
    /// unit.</param>
    /// <param name="isBesideLost">Whether other units of the group may be missing as well, as long as one is connected, because
    /// they have lost their files.</param>
    /// <returns>How many files and directories are marked.</returns>
    /// <exception cref="GraphException">They cannot be marked. Marks made by then stay; they only cause comparisons of equal
    /// files.</exception>
    public long MarkForHeal(string unit, bool isEverything, bool isBesideLost) =>
        NativeText.Check(
            Kfsd.MarkHeal(Handle, unit, (isEverything ? Kfsd.MarkEverything : 0) | (isBesideLost ? Kfsd.MarkBesideLost : 0)));

    /// <summary>Lists a directory on one storage unit, below the translators that combine units. Waits for the unit.</summary>
    /// <param name="unit">The unit's <c>protocol/client</c> volume, in a self-heal daemon's graph.</param>
    /// <returns>Its entries, without <c>.</c> and <c>..</c>.</returns>
    /// <exception cref="GraphException">The directory does not exist there, or the unit is not connected.</exception>
    public unsafe IReadOnlyList<UnitEntry> ListUnit(string unit, Guid gfid)
    {
        const int Page = 512;
        Kfsd.NativeGfid key = new(gfid);
        var entries = new List<UnitEntry>();
        var page = new Kfsd.NativeEntry[Page];
        long next = 0;
        fixed (Kfsd.NativeEntry* first = page)
        {
            while (next >= 0)
            {
                int count = NativeText.Check(Kfsd.List(Handle, unit, &key, next, first, Page, &next));
                for (int index = 0; index < count; index++)
                {
                    string name = FileName.Read(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(first[index].Name));
                    if (name is not ("." or ".."))
                    {
                        entries.Add(new UnitEntry(
                            name, first[index].Gfid.ToGuid(), (first[index].Mode & Kfsd.TypeMask) == Kfsd.DirectoryType,
                            new EntryAttributes(first[index].Mode, first[index].User, first[index].Group)));
                    }
                }
            }
        }

        return entries;
    }

    /// <summary>Reads the marks of a directory on one storage unit.</summary>
    /// <exception cref="GraphException">Errors are ignored here too.</exception>
    public unsafe UnitDirectoryNote InspectUnit(string unit, Guid gfid)
    {
        Kfsd.NativeGfid key = new(gfid);
        Kfsd.NativeDirectory note;
        NativeText.Check(Kfsd.Inspect(Handle, unit, &key, &note));

        return new UnitDirectoryNote(note.Version, note.IsMarked != 0);
    }

    /// <summary>Finds the parent of a directory on a storage unit.</summary>
    /// <param name="gfid">The directory; not the root.</param>
    /// <exception cref="GraphException">Errors are ignored here too.</exception>
    public unsafe Guid GetParent(string unit, Guid gfid)
    {
        Kfsd.NativeGfid key = new(gfid);
        Kfsd.NativeGfid parent;
        NativeText.Check(Kfsd.GetParent(Handle, unit, &key, &parent));
        return parent.ToGuid();
    }

    /// <summary>
    /// Heals a name that units have differently, or whose target has another owner or mode, although nothing marks it. Waits for
    /// the units.
    /// </summary>
    /// <param name="unit">A unit that has the directory.</param>
    /// <param name="name">The name; it need not exist.</param>
    /// <param name="hasOtherAttributes">Whether the owner or the mode differs.</param>
    /// <exception cref="GraphException">It cannot be done, or the copies are in split-brain.</exception>
    public unsafe void Settle(string unit, Guid gfid, string name, bool hasOtherAttributes)
    {
        Kfsd.NativeGfid key = new(gfid);
        fixed (byte* nameBytes = FileName.Write(name))
        {
            NativeText.Check(Kfsd.Settle(Handle, unit, &key, nameBytes, hasOtherAttributes ? 1 : 0));
        }
    }

    /// <summary>
    /// Copies the marks of a directory from one good unit of a mirror to its other good units: a heal takes any of them as its
    /// source, and learns from that one alone whether all names have to be compared. Waits for the units.
    /// </summary>
    /// <returns>How many marks were changed; 0 in a disperse group.</returns>
    /// <exception cref="GraphException">A unit cannot be reached.</exception>
    public unsafe int SpreadMarks(string unit, Guid gfid)
    {
        Kfsd.NativeGfid key = new(gfid);
        return NativeText.Check(Kfsd.SpreadMarks(Handle, unit, &key));
    }

    /// <summary>Takes the directories whose entries were healed since the last call.</summary>
    /// <returns>Each with the <c>cluster/replicate</c> or <c>cluster/disperse</c> volume that healed it.</returns>
    public unsafe (string Group, Guid Gfid)[] TakeHealed()
    {
        const int Most = 4096;
        var directories = new Kfsd.NativeHealed[Most];
        var healed = new List<(string Group, Guid Gfid)>();
        fixed (Kfsd.NativeHealed* first = directories)
        {
            int count = NativeText.Check(Kfsd.TakeHealed(Handle, first, Most));
            for (int index = 0; index < count; index++)
            {
                healed.Add((NativeText.Read(first[index].Group), first[index].Gfid.ToGuid()));
            }
        }

        return [.. healed];
    }

    /// <summary>
    /// Asks a storage unit for the directories that were being changed when it ended: their copies may differ although nothing
    /// marks them. Waits for the unit.
    /// </summary>
    /// <param name="unit">The unit's <c>protocol/client</c> volume, in a self-heal daemon's graph.</param>
    /// <returns>The directories; none of a unit on another node, whose own self-heal daemon asks it.</returns>
    /// <exception cref="GraphException">The unit cannot be asked.</exception>
    public unsafe Guid[] GetInterrupted(string unit) =>
    [
        .. NativeArray.Collect<Kfsd.NativeGfid>((elements, capacity) => Kfsd.GetInterrupted(Handle, unit, elements, capacity))
            .Select(one => one.ToGuid()),
    ];

    /// <summary>Tells the unit that one of them has been compared with the other copies and is equal.</summary>
    /// <exception cref="GraphException">The unit cannot be reached.</exception>
    public unsafe void TellCompared(string unit, Guid gfid)
    {
        Kfsd.NativeGfid key = new(gfid);
        NativeText.Check(Kfsd.TellCompared(Handle, unit, &key));
    }
}
