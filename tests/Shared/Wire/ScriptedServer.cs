using System.Net;
using System.Net.Sockets;

namespace KadaluFsd.Shared.Wire;

/// <summary>Accepts connections, each of which then does what a test says.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket _listener;

    private ScriptedServer(EndPoint place)
    {
        _listener = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(place);
        _listener.Listen();
    }

    /// <summary>A server on a port of this machine that the kernel has chosen.</summary>
    internal static ScriptedServer OnPort() => new(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>A server on a unix socket.</summary>
    internal static ScriptedServer OnSocket(string path) => new(new UnixDomainSocketEndPoint(path));

    /// <summary>Where it is: <c>host:port</c>, or the path of its socket.</summary>
    internal string Place => _listener.LocalEndPoint!.ToString()!;

    /// <summary>Waits for the next connection.</summary>
    internal async Task<ScriptedPeer> AcceptAsync()
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        return ScriptedPeer.Over(await _listener.AcceptAsync(limit.Token));
    }

    public void Dispose() => _listener.Dispose();
}
