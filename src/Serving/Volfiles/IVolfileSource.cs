namespace KadaluFsd.Serving.Volfiles;

/// <summary>Which volfiles a process serves. Valid after the process has read its own volfile.</summary>
public interface IVolfileSource
{
    /// <summary>The directory with the <c>KEY.vol</c> files.</summary>
    string Directory { get; }

    /// <summary>Which volfiles are given to which peers.</summary>
    ServedPools Pools { get; }
}
