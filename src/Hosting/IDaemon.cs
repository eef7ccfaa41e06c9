namespace KadaluFsd.Hosting;

/// <summary>What a process says of itself to the service manager, and does when a signal asks for it.</summary>
public interface IDaemon
{
    /// <summary>How it is while it serves, in words.</summary>
    string Status { get; }

    /// <summary>Logs that it is ready. Called once.</summary>
    void SayReady();

    /// <summary>Logs that it stops, and says what is left to be done. Called once.</summary>
    /// <returns>What is left, in words.</returns>
    string SayStopping();

    /// <summary>Opens the log anew and reads everything again that came from files.</summary>
    void Reload();

    /// <summary>Writes GlusterFS's statedump, where there is a graph.</summary>
    void WriteStatedump();
}
