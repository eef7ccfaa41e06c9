using System.Net.Sockets;
using System.Text;

namespace KadaluFsd.Harness;

/// <summary>Stands in for a service manager's end of sd_notify(3).</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    internal NotifySocket(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    internal string Path { get; }

    /// <summary>Waits for the next message.</summary>
    internal async Task<string> ReceiveAsync(CancellationToken cancellation)
    {
        byte[] buffer = new byte[4096];
        int length = await _socket.ReceiveAsync(buffer, cancellation);
        return Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\n');
    }

    public void Dispose() => _socket.Dispose();
}
