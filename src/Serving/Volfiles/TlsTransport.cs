using System.IO.Pipelines;
using KadaluFsd.Linux.Tls;
using KadaluFsd.Rpc;
using KadaluFsd.Serving.Events;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// A TLS connection as a pipe of decrypted bytes. Everything happens on the event loop's thread, and nothing waits: OpenSSL works
/// on bytes that have arrived. A peer can make it hold one record more than without TLS, and OpenSSL's handshake (about 30 kB
/// until it is done).
/// </summary>
internal sealed class TlsTransport : ITransport
{
    private readonly LoopSocket _socket;
    private readonly TlsSession _session;
    private readonly Func<string, string?> _refuse;
    private readonly Action<string> _refused;
    private readonly Pipe _received;
    private readonly Pipe _sent;
    private Task<FlushResult> _flush = Task.FromResult(default(FlushResult));
    private bool _isOpen;

    /// <summary>Creates a connection; the handshake begins with the first bytes.</summary>
    /// <param name="fd">A connected, non-blocking socket; owned from here on.</param>
    /// <param name="session">The server's side of the session; owned from here on.</param>
    /// <param name="refuse">Given the common name in the peer's certificate, returns why it is rejected; null where it is
    /// not.</param>
    /// <param name="refused">Called with the reason why the handshake failed.</param>
    internal TlsTransport(EventLoop loop, int fd, TlsSession session, Func<string, string?> refuse, Action<string> refused)
    {
        _socket = new LoopSocket(loop, fd);
        (_session, _refuse, _refused) = (session, refuse, refused);

        // Room for an incomplete record and the next read.
        var options = new PipeOptions(
            readerScheduler: loop, writerScheduler: loop, pauseWriterThreshold: RpcLimits.MaxCallRecord * 2,
            resumeWriterThreshold: RpcLimits.MaxCallRecord, useSynchronizationContext: false);
        (_received, _sent) = (new Pipe(options), new Pipe(options));
    }

    /// <inheritdoc/>
    public PipeReader Input => _received.Reader;

    /// <inheritdoc/>
    public PipeWriter Output => _sent.Writer;

    /// <inheritdoc/>
    public void Start()
    {
        _ = ReceiveAsync();
        _ = SendAsync();
        _socket.Start();
    }

    /// <summary>Closes the socket. What the kernel has taken is still sent; the rest is dropped.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        _session.Dispose();
    }

    private async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            while (await ReceiveSomeAsync())
            {
                // Until the peer or the server closes the connection.
            }
        }
        catch (Exception exception) when (exception is TlsException or IOException)
        {
            // An alert that says why may wait to be sent to the peer.
            failure = new IOException(exception.Message);
            _ = FlushAsync();
            if (!_isOpen)
            {
                _refused(exception.Message);
            }
        }

        await _received.Writer.CompleteAsync(failure);
    }

    private async Task<bool> ReceiveSomeAsync()
    {
        ReadResult read = await _socket.Input.ReadAsync();
        foreach (ReadOnlyMemory<byte> piece in read.Buffer)
        {
            _session.Put(piece.Span);
        }

        _socket.Input.AdvanceTo(read.Buffer.End);
        bool goesOn = !read.IsCompleted;
        if (!_isOpen)
        {
            _isOpen = _session.Handshake() == TlsStep.Done;
            if (_isOpen && _refuse(_session.PeerName()) is { } reason)
            {
                _isOpen = false;
                throw new TlsException(reason);
            }

            await FlushAsync();
        }

        while (_isOpen && goesOn)
        {
            TlsStep step = _session.Read(_received.Writer.GetSpan(RpcLimits.ReadBuffer), out int count);
            _received.Writer.Advance(count);
            if (step != TlsStep.Done)
            {
                goesOn = step == TlsStep.NeedsMore;
                break;
            }

            goesOn = !(await _received.Writer.FlushAsync()).IsCompleted;
        }

        return goesOn;
    }

    private async Task SendAsync()
    {
        ReadResult read;
        do
        {
            read = await _sent.Reader.ReadAsync();
            if (_isOpen)
            {
                foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                {
                    _session.Write(piece.Span);
                }

                if (read.IsCompleted)
                {
                    _session.End();
                }
            }

            _sent.Reader.AdvanceTo(read.Buffer.End);
        }
        while (!(await FlushAsync()).IsCompleted && !read.IsCompleted);
        await _sent.Reader.CompleteAsync();
    }

    // Handshake and reply may both flush; while the socket is full, what is added is sent with the rest.
    private Task<FlushResult> FlushAsync()
    {
        int count;
        do
        {
            count = _session.Take(_socket.Output.GetSpan(RpcLimits.ReadBuffer));
            _socket.Output.Advance(count);
        }
        while (count > 0);
        if (_flush.IsCompleted)
        {
            _flush = _socket.Output.FlushAsync().AsTask();
        }

        return _flush;
    }
}
