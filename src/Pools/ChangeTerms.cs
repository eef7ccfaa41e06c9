namespace KadaluFsd.Pools;

/// <summary>What a change of options may do to units and clients.</summary>
/// <param name="Restart">Whether units are restarted that do not take everything while they run.</param>
/// <param name="MayDisturbExports">
/// Whether a layer of the pool's clients may come or go, or the address at which they ask units for the volfile, although NFS-Ganesha is one of them.
/// </param>
public sealed record ChangeTerms(bool Restart, bool MayDisturbExports);

/// <summary>The volfiles of a pool before and after a change, by key.</summary>
/// <param name="Earlier">Before.</param>
/// <param name="Later">After.</param>
public sealed record ChangedVolfiles(IReadOnlyDictionary<string, string> Earlier, IReadOnlyDictionary<string, string> Later)
{
    /// <summary>Whether one of the volfiles has other layers, which a running process cannot change.</summary>
    /// <param name="keys">Their keys.</param>
    internal bool HaveOtherLayers(IEnumerable<string> keys) =>
        keys.Any(key => Earlier.TryGetValue(key, out string? text) && GraphLayers.Differ(text, Later[key]));
}
