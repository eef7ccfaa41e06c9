using System.Net;

namespace KadaluFsd.Hosting.Options;

/// <summary>An address with a port.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EndPointAttribute() : ParsedTextAttribute(Check)
{
    private static void Check(string text)
    {
        if (!IPEndPoint.TryParse(text, out IPEndPoint? value) || value.Port == 0)
        {
            throw new FormatException("ADDRESS:PORT, such as 127.0.0.1:24007 or [::1]:24007");
        }
    }
}
