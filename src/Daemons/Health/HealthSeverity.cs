using KadaluFsd.Contract;

namespace KadaluFsd.Daemons.Health;

/// <summary>The severity of a problem.</summary>
internal enum HealthSeverity
{
    /// <summary>The unit is degraded while it lasts.</summary>
    Tolerable,

    /// <summary>The unit fails when it is found often enough in a row.</summary>
    Transient,

    /// <summary>The unit fails at once.</summary>
    Fatal,
}

/// <summary>The severity of each problem.</summary>
internal static class HealthSeverities
{
    /// <summary>The severity of a problem.</summary>
    internal static HealthSeverity Of(HealthProblem problem) => problem.Code switch
    {
        HealthCodes.DiskFull or HealthCodes.InodesExhausted or HealthCodes.DescriptorsExhausted or HealthCodes.MemoryExhausted =>
            HealthSeverity.Tolerable,
        HealthCodes.DirectoryMissing or HealthCodes.WrongFileSystem or HealthCodes.WrongVolume or HealthCodes.GraphDown =>
            HealthSeverity.Fatal,
        _ => HealthSeverity.Transient,
    };
}
