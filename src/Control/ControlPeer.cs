using System.Net.Sockets;
using System.Runtime.InteropServices;
using KadaluFsd.Linux;

namespace KadaluFsd.Control;

/// <summary>Who is at the other end of the control socket, by what the kernel says (SO_PEERCRED, unix(7)).</summary>
internal static class ControlPeer
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>
    /// Whether a peer may steer this unit: root, and the user it runs as. The group of the socket's file keeps others out before.
    /// </summary>
    /// <param name="socket">The connection.</param>
    /// <returns>Whether it may.</returns>
    internal static bool MayCommand(Socket socket)
    {
        Span<byte> bytes = stackalloc byte[Marshal.SizeOf<Credentials>()];
        try
        {
            if (socket.GetRawSocketOption(SocketLevel, PeerCredentials, bytes) != bytes.Length)
            {
                return false;
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // Closed meanwhile, to make room for another one.
            return false;
        }

        Credentials peer = MemoryMarshal.Read<Credentials>(bytes);
        return peer.User == 0 || peer.User == ProcessCalls.EffectiveUser || peer.Group == ProcessCalls.EffectiveGroup;
    }

    // struct ucred of <sys/socket.h>.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Credentials
    {
        internal readonly int Process;
        internal readonly uint User;
        internal readonly uint Group;
    }
}
