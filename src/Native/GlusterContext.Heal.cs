using KadaluFsd.Native.Interop;

namespace KadaluFsd.Native;

// What a self-heal daemon's graph does on demand.
public sealed partial class GlusterContext
{
    /// <summary>The storage units that a graph without a server is a client of, by the name of their <c>protocol/client</c> volume.</summary>
    /// <returns>Whether each is connected, in the order of the volfile.</returns>
    public unsafe (string Volume, bool IsConnected)[] GetUnits() =>
    [
        .. NativeArray.Collect<Kfsd.NativeUnit>((elements, capacity) => Kfsd.GetUnits(_context, elements, capacity))
            .Select(one => (NativeText.Read(one.Volume), one.IsConnected != 0)),
    ];

    /// <summary>Has a self-heal daemon's graph look for what needs healing, at once. Waits for the units, which say whether they are on this node.</summary>
    /// <param name="isFull">Whether to walk through the whole volume, instead of what the units' indices name.</param>
    /// <returns>What came of it for each unit.</returns>
    /// <exception cref="GraphException">There is no graph, or no memory.</exception>
    public unsafe HealStart[] StartHeal(bool isFull)
    {
        // The order is given by asking, so that there is one question, with room for every volume.
        var heals = new Kfsd.NativeHeal[NativeText.Check(Kfsd.GetTranslators(_context, null, 0))];
        int count;
        fixed (Kfsd.NativeHeal* first = heals)
        {
            count = NativeText.Check(Kfsd.StartHeal(_context, isFull ? Kfsd.HealFull : Kfsd.HealIndex, first, heals.Length));
        }

        return
        [
            .. heals.Take(count).Select(one => new HealStart(NativeText.Read(one.Translator), NativeText.Read(one.Unit), one.IsStarted != 0, NativeText.Read(one.Status))),
        ];
    }

    /// <summary>The latest searches for what needs healing, and those that go on. Only <c>cluster/replicate</c> keeps an account.</summary>
    /// <returns>All that are known, group by group, unit by unit, the oldest first.</returns>
    /// <exception cref="GraphException">There is no memory.</exception>
    public unsafe HealCrawl[] GetHealCrawls() =>
    [
        .. NativeArray.Collect<Kfsd.NativeHealCrawl>((elements, capacity) => Kfsd.GetHealCrawls(_context, elements, capacity)).Select(one => new HealCrawl(
            NativeText.Read(one.Translator), NativeText.Read(one.Unit), one.IsFull != 0, DateTimeOffset.FromUnixTimeSeconds(one.Begun).UtcDateTime,
            one.Ended > 0 ? DateTimeOffset.FromUnixTimeSeconds(one.Ended).UtcDateTime : null, one.Healed, one.SplitBrain, one.Failed)),
    ];

    /// <summary>
    /// Tells all other units of a mirror that one missed everything: it is healed from them, and nothing is read from it before. For a unit that comes back
    /// without its files, or with old ones. Waits for the units.
    /// </summary>
    /// <param name="unit">The unit's <c>protocol/client</c> volume, below a <c>cluster/replicate</c>. It must not be connected; all others of its group must be.</param>
    /// <param name="isEverything">Whether to mark every file; otherwise the top directory, which is enough for a unit that has nothing.</param>
    /// <returns>How many files and directories are marked.</returns>
    /// <exception cref="GraphException">They cannot be; says why. Marks that are there by then stay, and only have files compared that are equal.</exception>
    public long MarkForHeal(string unit, bool isEverything) => NativeText.Check(Kfsd.MarkHeal(_context, unit, isEverything ? 1 : 0));
}
