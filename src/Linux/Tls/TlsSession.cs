using System.Text;

namespace KadaluFsd.Linux.Tls;

/// <summary>The result of a step of a session.</summary>
public enum TlsStep
{
    /// <summary>The step is done.</summary>
    Done,

    /// <summary>More bytes of the peer are needed.</summary>
    NeedsMore,

    /// <summary>The peer has closed the session.</summary>
    Ended,
}

/// <summary>
/// The server's side of a TLS connection, without a socket: received bytes are put in, and bytes to be sent are taken out,
/// between the steps. For one thread. After disposal nothing can be taken out, and every other step but the end fails, since
/// waiting code may still come back.
/// </summary>
public sealed unsafe class TlsSession : IDisposable
{
    // X.520's upper bound of a common name is 64.
    private const int NameRoom = 256;

    private readonly nint _input;
    private readonly nint _output;
    private nint _handle;

    internal TlsSession(nint context)
    {
        OpenSsl.ClearErrors();
        _handle = OpenSsl.New(context);
        _input = OpenSsl.BufferNew(OpenSsl.MemoryMethod());
        _output = OpenSsl.BufferNew(OpenSsl.MemoryMethod());
        if (_handle == 0 || _input == 0 || _output == 0)
        {
            throw new TlsException("out of memory");
        }

        // Owned by the session from here on.
        OpenSsl.SetBuffers(_handle, _input, _output);
        OpenSsl.SetAcceptState(_handle);
    }

    /// <summary>Puts in bytes received from the peer.</summary>
    /// <param name="bytes">The bytes, as they came.</param>
    /// <exception cref="TlsException">There is no memory for them.</exception>
    public void Put(ReadOnlySpan<byte> bytes)
    {
        Require();
        fixed (byte* start = bytes)
        {
            if (bytes.Length > 0 && OpenSsl.BufferWrite(_input, start, bytes.Length) != bytes.Length)
            {
                throw new TlsException("out of memory");
            }
        }
    }

    /// <summary>Takes out bytes to be sent to the peer.</summary>
    /// <param name="room">Filled from the front.</param>
    /// <returns>The number of bytes; 0 when there are no more.</returns>
    public int Take(Span<byte> room)
    {
        if (_handle == 0)
        {
            return 0;
        }

        fixed (byte* start = room)
        {
            return Math.Max(0, OpenSsl.BufferRead(_output, start, room.Length));
        }
    }

    /// <summary>Continues the handshake.</summary>
    /// <returns>Whether it is done, or needs more.</returns>
    /// <exception cref="TlsException">It failed; an alert for the peer may remain to be sent.</exception>
    public TlsStep Handshake()
    {
        Require();
        OpenSsl.ClearErrors();
        return StepOf(OpenSsl.DoHandshake(_handle));
    }

    /// <summary>Reads what the peer has sent.</summary>
    /// <param name="room">Filled from the front; not empty.</param>
    /// <param name="count">The number of bytes; 0 unless the step is done.</param>
    /// <returns>Whether there were bytes, more is needed, or the peer has closed the session.</returns>
    /// <exception cref="TlsException">The session is broken.</exception>
    public TlsStep Read(Span<byte> room, out int count)
    {
        Require();
        OpenSsl.ClearErrors();
        fixed (byte* start = room)
        {
            int result = OpenSsl.Read(_handle, start, room.Length);
            count = Math.Max(0, result);
            return StepOf(result);
        }
    }

    /// <summary>Encrypts bytes for the peer, to be taken out afterwards.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="TlsException">The session is broken.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Require();
        OpenSsl.ClearErrors();
        fixed (byte* start = bytes)
        {
            if (bytes.Length > 0)
            {
                StepOf(OpenSsl.Write(_handle, start, bytes.Length));
            }
        }
    }

    /// <summary>Closes the session; the alert has to be taken out afterwards.</summary>
    public void End()
    {
        if (_handle != 0)
        {
            OpenSsl.ClearErrors();
            _ = OpenSsl.Shutdown(_handle);
        }
    }

    /// <summary>The common name in the peer's certificate, which is what GlusterFS's <c>auth.ssl-allow</c> compares.</summary>
    /// <returns>The name; empty where it has none.</returns>
    /// <exception cref="TlsException">The session is disposed.</exception>
    public string PeerName()
    {
        Require();
        nint certificate = OpenSsl.GetPeerCertificate(_handle);
        if (certificate == 0)
        {
            return "";
        }

        byte* text = stackalloc byte[NameRoom];
        int length = OpenSsl.GetText(OpenSsl.GetSubject(certificate), OpenSsl.CommonName, text, NameRoom);
        OpenSsl.CertificateFree(certificate);
        return length > 0 ? Encoding.UTF8.GetString(text, length) : "";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0)
        {
            OpenSsl.Free(_handle);
            _handle = 0;
        }
    }

    private void Require()
    {
        if (_handle == 0)
        {
            throw new TlsException("the session is disposed");
        }
    }

    private TlsStep StepOf(int result)
    {
        if (result > 0)
        {
            return TlsStep.Done;
        }

        return OpenSsl.GetError(_handle, result) switch
        {
            OpenSsl.WantRead => TlsStep.NeedsMore,
            OpenSsl.ZeroReturn => TlsStep.Ended,
            _ => throw new TlsException(TlsServerContext.LastError()),
        };
    }
}
