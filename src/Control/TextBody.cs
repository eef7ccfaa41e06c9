namespace KadaluFsd.Control;

/// <summary>Marks a route that is sent plain text.</summary>
public sealed class TextBody;
