namespace KadaluFsd.Volgen.Graphs;

/// <summary>A graph document or overlay that cannot be used.</summary>
/// <param name="place">Which one, and where in it.</param>
/// <param name="reason">Why not; what is longer than people read is cut.</param>
public sealed class GraphDocumentException(string place, string reason)
    : Exception($"{Excerpt.Of(place, MaxPart)}: {Excerpt.Of(reason, MaxPart)}")
{
    private const int MaxPart = 600;
}
