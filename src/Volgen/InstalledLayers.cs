using System.Collections.Immutable;

namespace KadaluFsd.Volgen;

/// <summary>Removes layers that are not installed from volfiles.</summary>
public static class InstalledLayers
{
    /// <summary>Removes the volumes whose translator is not installed.</summary>
    /// <param name="isInstalled">Whether a translator, given by type, is installed.</param>
    /// <returns>The volfile without them, and the removed volumes.</returns>
    /// <exception cref="VolfileException">One of them has not exactly one volume below it, so that nothing can take its
    /// place.</exception>
    public static (Volfile Volfile, ImmutableArray<Volume> Removed) RemoveMissing(Volfile volfile, Func<string, bool> isInstalled)
    {
        ImmutableArray<Volume> removed = [.. volfile.Volumes.Where(volume => !isInstalled(volume.Type))];
        foreach (Volume volume in removed)
        {
            if (volume.Subvolumes.Length != 1)
            {
                throw new VolfileException(
                    volume.Line.Number,
                    $"the translator {volume.Type} of volume {volume.Name} is not installed, and the graph cannot do without it");
            }

            // Read again: a previous round may have changed what is below this one.
            string below = volfile.Find(volume.Name)!.Subvolumes[0];
            volfile = volfile with
            {
                Volumes = [.. volfile.Volumes.Where(other => other.Name != volume.Name).Select(other => other with
                {
                    Subvolumes = [.. other.Subvolumes.Select(name => name == volume.Name ? below : name)],
                })],
            };
        }

        return (volfile, removed);
    }
}
