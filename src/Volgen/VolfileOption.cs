namespace KadaluFsd.Volgen;

/// <summary>One <c>option</c> line.</summary>
/// <param name="Key">Its name, such as <c>transport.socket.listen-port</c>.</param>
/// <param name="Value">Its value, without quotes.</param>
/// <param name="IsQuoted">Whether the text has the value in quotes. A value that needs them is printed with them in any
/// case.</param>
public sealed record VolfileOption(string Key, string Value, bool IsQuoted = false);
