namespace KadaluFsd.Serving.Volfiles;

/// <summary>Which volfiles a process gives to whom.</summary>
/// <param name="unitDirectory">A storage unit's directory: only its own pool's volfiles are given. Null to give every
/// pool's.</param>
/// <param name="volumeId">The unit's volume id.</param>
public sealed class ServedPools(string? unitDirectory, Guid volumeId)
{
    internal static ServedPools All { get; } = new(null, default);

    /// <summary>Whether a volfile is one of a pool that is served here.</summary>
    internal bool Has(StoredVolfile volfile) =>
        unitDirectory is null || volfile.VolumeId == volumeId || volfile.RemoteDirectories.Contains(unitDirectory);

    /// <summary>
    /// Whether a volfile may be given to a peer. Volfiles of units and of the heal daemon are for processes of this node: they
    /// show more than a client needs, and the heal daemon's would let anybody act as one. Of these, what has a password is for
    /// those who may connect to a unix socket: every user of this machine has its loopback address.
    /// </summary>
    internal static bool MayHave(StoredVolfile volfile, VolfilePeer peer) =>
        volfile.IsSecret ? peer.Ip is null : peer.IsLocal || !(volfile.IsUnit || volfile.IsHealDaemon);
}
