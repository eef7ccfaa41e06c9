using System.Runtime.InteropServices;
using KadaluFsd.Contract;
using KadaluFsd.Native.Interop;

namespace KadaluFsd.Native;

// What a self-heal daemon's graph does on demand.
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
    /// Has a self-heal daemon's graph look for what needs healing, at once. Waits for the units, which say whether they are on
    /// this node.
    /// </summary>
    /// <param name="isFull">Whether to walk through the whole volume, instead of what the units' indices name.</param>
    /// <returns>What came of it for each unit.</returns>
    /// <exception cref="GraphException">There is no graph, or no memory.</exception>
    public unsafe HealStart[] StartHeal(bool isFull)
    {
        // The order is given by asking, so that there is one question, with room for every volume.
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

    /// <summary>
    /// The latest searches for what needs healing, and those that go on. Only <c>cluster/replicate</c> keeps an account.
    /// </summary>
    /// <returns>All that are known, group by group, unit by unit, the oldest first.</returns>
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
    /// Tells all other units of a mirror that one missed everything: it is healed from them, and nothing is read from it before.
    /// For a unit that comes back without its files, or with old ones. Waits for the units.
    /// </summary>
    /// <param name="unit">The unit's <c>protocol/client</c> volume, below a <c>cluster/replicate</c>. It must not be connected;
    /// all others of its group must be, unless they are lost.</param>
    /// <param name="isEverything">Whether to mark every file; otherwise the top directory, which is enough for a unit that has
    /// nothing.</param>
    /// <param name="isBesideLost">Whether others of its group may be away as well, as long as one is there: they have lost what
    /// they had.</param>
    /// <returns>How many files and directories are marked.</returns>
    /// <exception cref="GraphException">They cannot be; says why. Marks that are there by then stay, and only have files compared
    /// that are equal.</exception>
    public long MarkForHeal(string unit, bool isEverything, bool isBesideLost) =>
        NativeText.Check(
            Kfsd.MarkHeal(Handle, unit, (isEverything ? Kfsd.MarkEverything : 0) | (isBesideLost ? Kfsd.MarkBesideLost : 0)));

    /// <summary>
    /// What one storage unit has in a directory, past the translators that make one of several. Waits for the unit.
    /// </summary>
    /// <param name="unit">The unit's <c>protocol/client</c> volume, in a self-heal daemon's graph.</param>
    /// <returns>Its entries, without <c>.</c> and <c>..</c>.</returns>
    /// <exception cref="GraphException">There is no such directory there, or the unit is not connected.</exception>
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

    /// <summary>What one storage unit has noted of a directory.</summary>
    /// <exception cref="GraphException">As above.</exception>
    public unsafe UnitDirectoryNote InspectUnit(string unit, Guid gfid)
    {
        Kfsd.NativeGfid key = new(gfid);
        Kfsd.NativeDirectory note;
        NativeText.Check(Kfsd.Inspect(Handle, unit, &key, &note));

        return new UnitDirectoryNote(note.Version, note.IsMarked != 0);
    }

    /// <summary>The directory that a storage unit has a directory in.</summary>
    /// <param name="gfid">The directory; not the root.</param>
    /// <exception cref="GraphException">As above.</exception>
    public unsafe Guid GetParent(string unit, Guid gfid)
    {
        Kfsd.NativeGfid key = new(gfid);
        Kfsd.NativeGfid parent;
        NativeText.Check(Kfsd.GetParent(Handle, unit, &key, &parent));
        return parent.ToGuid();
    }

    /// <summary>
    /// Makes units equal that have a name differently, or what it stands for with another owner or mode, without anybody having
    /// marked it. Waits for the units.
    /// </summary>
    /// <param name="unit">One of them, which has the directory.</param>
    /// <param name="name">The name, which need not be there.</param>
    /// <param name="hasOtherAttributes">Whether the owner or the mode differs.</param>
    /// <exception cref="GraphException">It cannot be done, or the copies contradict each other.</exception>
    public unsafe void Settle(string unit, Guid gfid, string name, bool hasOtherAttributes)
    {
        Kfsd.NativeGfid key = new(gfid);
        fixed (byte* nameBytes = FileName.Write(name))
        {
            NativeText.Check(Kfsd.Settle(Handle, unit, &key, nameBytes, hasOtherAttributes ? 1 : 0));
        }
    }

    /// <summary>
    /// Has all storage units of a mirror that nobody accuses say of the others what one of them says of a directory: a heal takes
    /// any of them as its source, and learns from that one alone whether all names are to be compared. Waits for the units.
    /// </summary>
    /// <returns>How many marks were changed; 0 in a disperse group.</returns>
    /// <exception cref="GraphException">A unit cannot be asked or told.</exception>
    public unsafe int SpreadMarks(string unit, Guid gfid)
    {
        Kfsd.NativeGfid key = new(gfid);
        return NativeText.Check(Kfsd.SpreadMarks(Handle, unit, &key));
    }

    /// <summary>Takes the directories whose entries a heal has looked at since the last time.</summary>
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
    /// Asks a storage unit for the directories that it was changing when it ended: copies may differ in them without anybody
    /// knowing. Waits for the unit.
    /// </summary>
    /// <param name="unit">The unit's <c>protocol/client</c> volume, in a self-heal daemon's graph.</param>
    /// <returns>The directories; none of a unit on another node, whose own self-heal daemon asks it.</returns>
    /// <exception cref="GraphException">The unit cannot be asked.</exception>
    public unsafe Guid[] GetInterrupted(string unit) =>
    [
        .. NativeArray.Collect<Kfsd.NativeGfid>((elements, capacity) => Kfsd.GetInterrupted(Handle, unit, elements, capacity))
            .Select(one => one.ToGuid()),
    ];

    /// <summary>Tells the unit that one of them has been compared with the other copies, and is equal.</summary>
    /// <exception cref="GraphException">The unit cannot be told.</exception>
    public unsafe void TellCompared(string unit, Guid gfid)
    {
        Kfsd.NativeGfid key = new(gfid);
        NativeText.Check(Kfsd.TellCompared(Handle, unit, &key));
    }
}
