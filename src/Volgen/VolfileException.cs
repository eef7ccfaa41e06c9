namespace KadaluFsd.Volgen;

/// <summary>A volfile cannot be used.</summary>
/// <param name="line">The line, from 1; 0 if the problem is not in a single line.</param>
/// <param name="reason">The problem; a very long one is cut.</param>
public sealed class VolfileException(int line, string reason)
    : Exception(Excerpt.Of(line > 0 ? $"line {line}: {reason}" : reason, MaxMessage))
{
    private const int MaxMessage = 600;

    /// <summary>The line, from 1; 0 if the problem is not in a single line.</summary>
    public int Line { get; } = line;
}
