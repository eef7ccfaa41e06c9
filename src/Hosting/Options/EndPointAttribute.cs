using System.Net;

namespace KadaluFsd.Hosting.Options;

/// <summary>An address with a port.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EndPointAttribute() : ParsedTextAttribute(text => Parse(text))
{
    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The address.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public static IPEndPoint Parse(string text) => IPEndPoint.TryParse(text, out IPEndPoint? value) && value.Port > 0
        ? value
        : throw new FormatException("ADDRESS:PORT, such as 127.0.0.1:24007 or [::1]:24007");
}
