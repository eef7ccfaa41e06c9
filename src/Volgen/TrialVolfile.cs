namespace KadaluFsd.Volgen;

/// <summary>
/// Graphs that are tried: the same translators with the same options, and nothing that they could touch or reach. Pure functions.
/// </summary>
public static class TrialVolfile
{
    /// <summary>Gives a graph another directory to work in, and units that nobody can reach.</summary>
    /// <param name="volfile">A graph of any kind.</param>
    /// <param name="directory">An empty directory, which has the attributes of a storage unit's.</param>
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
