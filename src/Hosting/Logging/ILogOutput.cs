namespace KadaluFsd.Hosting.Logging;

/// <summary>The destination of log lines. Any thread may write.</summary>
public interface ILogOutput
{
    /// <summary>Writes a line.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    void Write(LogLine line);
}
