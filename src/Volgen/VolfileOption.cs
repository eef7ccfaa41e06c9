namespace KadaluFsd.Volgen;

/// <summary>One <c>option</c> line.</summary>
/// <param name="Key">Its name, such as <c>transport.socket.listen-port</c>.</param>
/// <param name="Value">Its value, without quotes.</param>
/// <param name="IsQuoted">Whether the value was quoted in the text. A value that needs quotes is always printed with
/// them.</param>
public sealed record VolfileOption(string Key, string Value, bool IsQuoted = false);
