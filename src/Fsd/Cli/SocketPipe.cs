using System.IO.Pipelines;
using System.Net.Sockets;

namespace KadaluFsd.Fsd.Cli;

/// <summary>A client's connection as a pipe.</summary>
internal sealed class SocketPipe : IDuplexPipe, IDisposable
{
    private readonly NetworkStream _stream;

    /// <summary>A pipe over <paramref name="socket"/>.</summary>
    /// <param name="socket">A connected stream socket; owned from here on.</param>
    internal SocketPipe(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        Input = PipeReader.Create(_stream);
        Output = PipeWriter.Create(_stream);
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
