namespace KadaluFsd.Hosting;

/// <summary>What a process reports to the service manager, and does on signals.</summary>
public interface IDaemon
{
    /// <summary>The status text while it serves.</summary>
    string Status { get; }

    /// <summary>Logs that it is ready. Called once.</summary>
    void SayReady();

    /// <summary>Logs that it stops. Called once.</summary>
    /// <returns>What is left to be done, for the status text.</returns>
    string SayStopping();

    /// <summary>Reopens the log and reads all files again.</summary>
    void Reload();

    /// <summary>Writes GlusterFS's statedump, where there is a graph.</summary>
    void WriteStatedump();
}
