using KadaluFsd.Volgen;

namespace KadaluFsd.Hosting.Options;

/// <summary>An address or the name of a host.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HostAttribute() : ParsedTextAttribute(Check)
{
    private static void Check(string text)
    {
        if (!GlusterAddress.IsHost(text))
        {
            throw new FormatException("an address or a host name");
        }
    }
}
