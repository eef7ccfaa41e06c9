namespace KadaluFsd.Contract;

/// <summary>A translator of the running graph.</summary>
/// <param name="Name">Name of its volume.</param>
/// <param name="Type">Such as <c>storage/posix</c>.</param>
/// <param name="CanReconfigure">Whether it takes options while the graph runs.</param>
public sealed record GraphTranslator(string Name, string Type, bool CanReconfigure);
