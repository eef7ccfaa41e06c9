namespace KadaluFsd.Volgen;

/// <summary>
/// Changes graphs for a trial: the same translators with the same options, without anything that they could damage or reach. Pure
/// functions.
/// </summary>
public static class TrialVolfile
{
    /// <summary>Gives a graph another directory, and units that cannot be reached.</summary>
    /// <param name="volfile">A graph of any kind.</param>
    /// <param name="directory">An empty directory with the attributes of a storage unit's.</param>
    public static Volfile Prepare(Volfile volfile, string directory) =>
        volfile with { Volumes = [.. volfile.Volumes.Select(volume => Prepare(volume, directory))] };

    private static Volume Prepare(Volume volume, string directory) => volume.Type switch
    {
        UnitVolfile.PosixType => volume.With("directory", directory),
        UnitVolfile.IndexType => volume.With("index-base", $"{directory}/.glusterfs/indices"),
        "features/changelog" =>
            volume.With("changelog-brick", directory).With("changelog-dir", $"{directory}/.glusterfs/changelogs"),
        "protocol/client" =>
            volume.With("transport.address-family", "unix").With("transport.socket.connect-path", $"{directory}/nobody"),
        _ => volume,
    };
}
