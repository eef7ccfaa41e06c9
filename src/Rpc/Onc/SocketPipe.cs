using System.IO.Pipelines;
using System.Net.Sockets;

namespace KadaluFsd.Rpc.Onc;

/// <summary>
/// A connected socket as a pipe. Nothing pumps bytes ahead: a read asks the socket, a flush ends when the socket has taken everything.
/// While a read waits no buffer is held.
/// </summary>
public sealed class SocketPipe : IDuplexPipe, IDisposable
{
    private readonly NetworkStream _stream;

    /// <summary>A pipe over <paramref name="socket"/>.</summary>
    /// <param name="socket">A connected stream socket; owned from here on.</param>
    /// <exception cref="IOException">The peer has gone already; the socket is still the caller's then.</exception>
    public SocketPipe(Socket socket)
    {
        // What NetworkStream wants to see. Asynchronous operations do not block all the same.
        socket.Blocking = true;
        _stream = new NetworkStream(socket, ownsSocket: true);
        Input = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: RpcLimits.ReadBuffer, minimumReadSize: RpcLimits.ReadBuffer / 4, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(_stream, new StreamPipeWriterOptions(leaveOpen: true));
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>Closes the socket. What it has taken is still sent; what it has not is dropped.</summary>
    public void Dispose() => _stream.Dispose();
}
