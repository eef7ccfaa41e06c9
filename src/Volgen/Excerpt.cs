namespace KadaluFsd.Volgen;

/// <summary>Shortens foreign text in messages.</summary>
public static class Excerpt
{
    private const int MaxShown = 200;

    /// <summary>Cuts a text that is longer than any valid one.</summary>
    /// <param name="most">The most characters that are shown.</param>
    /// <returns>The text, or its beginning.</returns>
    public static string Of(string text, int most = MaxShown)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= most ? text : $"{text[..most]}… ({text.Length} characters)";
    }
}
