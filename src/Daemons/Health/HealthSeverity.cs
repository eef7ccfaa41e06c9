using KadaluFsd.Contract;

namespace KadaluFsd.Daemons.Health;

/// <summary>How bad a problem is that one check has found.</summary>
internal enum HealthSeverity
{
    /// <summary>Clients can live with it: the unit is degraded for as long as it lasts.</summary>
    Tolerable,

    /// <summary>It may pass by itself: the unit fails when it was found often enough in a row.</summary>
    Transient,

    /// <summary>No second check can change it: the unit fails at once.</summary>
    Fatal,
}

/// <summary>How bad each problem is.</summary>
internal static class HealthSeverities
{
    /// <summary>How bad a problem is.</summary>
    internal static HealthSeverity Of(HealthProblem problem) => problem.Code switch
    {
        HealthCodes.DiskFull or HealthCodes.InodesExhausted or HealthCodes.DescriptorsExhausted or HealthCodes.MemoryExhausted =>
            HealthSeverity.Tolerable,
        HealthCodes.DirectoryMissing or HealthCodes.WrongFileSystem or HealthCodes.WrongVolume or HealthCodes.GraphDown =>
            HealthSeverity.Fatal,
        _ => HealthSeverity.Transient,
    };
}
