namespace KadaluFsd.Contract;

/// <summary>A section of a statedump.</summary>
/// <param name="Name">What is between its brackets.</param>
/// <param name="Values">Its lines, <c>name=value</c>, in their order; names may repeat.</param>
public sealed record StatedumpSection(string Name, StatedumpValue[] Values);

/// <summary>A line of a statedump.</summary>
/// <param name="Name">What is before the first equals sign; all of it where there is none.</param>
/// <param name="Value">What is behind it.</param>
public sealed record StatedumpValue(string Name, string Value);
