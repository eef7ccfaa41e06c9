namespace KadaluFsd.Contract;

/// <summary>A section of a statedump.</summary>
/// <param name="Name">The text between its brackets.</param>
/// <param name="Values">Its lines, <c>name=value</c>, in order; names may repeat.</param>
public sealed record StatedumpSection(string Name, StatedumpValue[] Values);

/// <summary>A line of a statedump.</summary>
/// <param name="Name">The text before the first equals sign; all of it where there is none.</param>
/// <param name="Value">The text after it.</param>
public sealed record StatedumpValue(string Name, string Value);
