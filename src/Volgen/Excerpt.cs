namespace KadaluFsd.Volgen;

/// <summary>Texts of others in messages.</summary>
public static class Excerpt
{
    private const int MaxShown = 200;

    /// <summary>A text in a message: what is longer than any good one is cut.</summary>
    /// <param name="most">How many characters are shown at most.</param>
    /// <returns>It, or its beginning.</returns>
    public static string Of(string text, int most = MaxShown)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= most ? text : $"{text[..most]}… ({text.Length} characters)";
    }
}
