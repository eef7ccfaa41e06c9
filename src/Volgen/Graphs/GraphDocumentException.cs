namespace KadaluFsd.Volgen.Graphs;

/// <summary>A graph document or overlay that cannot be used.</summary>
/// <param name="place">The document, and the place in it.</param>
/// <param name="reason">The reason; a very long one is cut.</param>
public sealed class GraphDocumentException(string place, string reason)
    : Exception($"{Excerpt.Of(place, MaxPart)}: {Excerpt.Of(reason, MaxPart)}")
{
    private const int MaxPart = 600;
}
