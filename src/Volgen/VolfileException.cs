namespace KadaluFsd.Volgen;

/// <summary>A volfile that cannot be used, with the place and the reason.</summary>
/// <param name="line">Line of the text, from 1; 0 when no single line is to blame.</param>
/// <param name="reason">What is wrong there; what is longer than people read is cut.</param>
public sealed class VolfileException(int line, string reason)
    : Exception(Excerpt.Of(line > 0 ? $"line {line}: {reason}" : reason, MaxMessage))
{
    private const int MaxMessage = 600;

    /// <summary>Line of the text, from 1; 0 when no single line is to blame.</summary>
    public int Line { get; } = line;
}
