namespace KadaluFsd.Bench.Load;

/// <summary>What one run of one daemon gave.</summary>
/// <param name="IdleKiB">Resident memory without a client, in KiB.</param>
/// <param name="MountedKiB">Resident memory with one client that has done the work below, in KiB.</param>
/// <param name="FirstAnswerMs">From exec to the first answered GETSPEC, of a unit that has never served: 256 directories are made
/// in it.</param>
/// <param name="FirstMountMs">From exec to a mount whose root can be listed.</param>
/// <param name="OperationsPerSecond">Files created, written, synced, read and removed through the mount.</param>
/// <param name="SwitchesPerOperation">Context switches of the daemon for each of them.</param>
internal sealed record Figures(
    double IdleKiB, double MountedKiB, double FirstAnswerMs, double FirstMountMs, double OperationsPerSecond,
    double SwitchesPerOperation)
{
    /// <summary>From exec to the first answered GETSPEC, of a unit that has served before.</summary>
    internal double RestartMs { get; init; }
}
