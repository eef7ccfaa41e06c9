namespace KadaluFsd.Hosting;

/// <summary>Finds out whether the threads move that everything depends on.</summary>
public interface ILivenessCheck
{
    /// <summary>Asks each for something that only it can do. Blocks meanwhile.</summary>
    /// <param name="timeout">How long each may take.</param>
    /// <returns>What hangs, in words; null where nothing does.</returns>
    string? FindHanging(TimeSpan timeout);
}
