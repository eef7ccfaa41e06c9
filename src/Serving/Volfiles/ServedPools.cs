namespace KadaluFsd.Serving.Volfiles;

/// <summary>Which volfiles a process gives to which peers.</summary>
/// <param name="unitDirectory">A storage unit's directory: only volfiles of its own pool are given. Null to give every
/// pool's.</param>
/// <param name="volumeId">The unit's volume id; null where it has none.</param>
public sealed class ServedPools(string? unitDirectory, Guid? volumeId)
{
    internal static ServedPools All { get; } = new(null, null);

    /// <summary>Whether a volfile belongs to a pool that is served here.</summary>
    internal bool Has(StoredVolfile volfile) =>
        unitDirectory is null || (volumeId is not null && volfile.VolumeId == volumeId) ||
        volfile.RemoteDirectories.Contains(unitDirectory);

    /// <summary>
    /// Whether a volfile may be given to a peer. Volfiles of units and self-heal daemons are for processes of this node: they
    /// have more in them than a client needs, and the self-heal daemon's would let anybody act as one. Those with a password are
    /// given on a unix socket only: every user of this machine has its loopback address.
    /// </summary>
    internal static bool MayHave(StoredVolfile volfile, VolfilePeer peer) =>
        volfile.IsSecret ? peer.Ip is null : peer.IsLocal || !(volfile.IsUnit || volfile.IsHealDaemon);
}
