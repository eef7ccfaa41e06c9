namespace KadaluFsd.Serving.Volfiles;

/// <summary>Which volfiles a process serves. Asked once the process has read its own.</summary>
public interface IVolfileSource
{
    /// <summary>The directory with the <c>KEY.vol</c> files.</summary>
    string Directory { get; }

    /// <summary>Which of them are given to whom.</summary>
    ServedPools Pools { get; }
}
