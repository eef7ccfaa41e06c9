namespace KadaluFsd.Hosting;

/// <summary>Checks the threads that everything depends on.</summary>
public interface ILivenessCheck
{
    /// <summary>Has each of them do something. Blocks meanwhile.</summary>
    /// <param name="timeout">How long each may take.</param>
    /// <returns>What hangs, as text; null where nothing does.</returns>
    string? FindHanging(TimeSpan timeout);
}
