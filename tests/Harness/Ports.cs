using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KadaluFsd.Harness;

/// <summary>
/// Ports that nobody uses, each given once: above those that the kernel gives to outgoing connections, one of which would
/// otherwise take a port in between, and those that pools' units get.
/// </summary>
internal static class Ports
{
    private const int Last = 65535;

    private static readonly int s_first = int.Parse(
        File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) + 1;

    private static int s_given = Random.Shared.Next(Last - s_first);

    internal static int Free()
    {
        while (true)
        {
            int port = s_first + (int)((uint)Interlocked.Increment(ref s_given) % (uint)(Last - s_first + 1));
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.DualMode = true;
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody has it: the next one.
            }
        }
    }
}
