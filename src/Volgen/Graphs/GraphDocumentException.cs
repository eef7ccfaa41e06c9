namespace KadaluFsd.Volgen.Graphs;

/// <summary>A graph document or overlay that cannot be used.</summary>
/// <param name="place">Which one, and where in it.</param>
/// <param name="reason">Why not.</param>
public sealed class GraphDocumentException(string place, string reason) : Exception($"{place}: {reason}");
