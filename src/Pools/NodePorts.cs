using System.Globalization;
using System.Net.NetworkInformation;

namespace KadaluFsd.Pools;

/// <summary>TCP ports of a node.</summary>
/// <param name="Listening">Ports that are listened on.</param>
/// <param name="EphemeralLow">The first port that the kernel gives to outgoing connections.</param>
/// <param name="EphemeralHigh">The last one.</param>
public sealed record NodePorts(IReadOnlySet<int> Listening, int EphemeralLow, int EphemeralHigh)
{
    private const string EphemeralRange = "/proc/sys/net/ipv4/ip_local_port_range";

    /// <summary>Reads those of this node.</summary>
    public static NodePorts Read()
    {
        (int low, int high) = ReadEphemeralRange();
        return new NodePorts(
            IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet(),
            low, high);
    }

    /// <summary>Whether the kernel may give a port to an outgoing connection.</summary>
    public bool IsEphemeral(int port) => port >= EphemeralLow && port <= EphemeralHigh;

    // Linux's defaults where it cannot be read.
    private static (int Low, int High) ReadEphemeralRange()
    {
        try
        {
            int[] range =
                [.. File.ReadAllText(EphemeralRange).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                    .Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
            return (range[0], range[1]);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return (32768, 60999);
        }
    }
}
