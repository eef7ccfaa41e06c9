using System.Text;

namespace KadaluFsd.Linux.Tls;

/// <summary>
/// A server's certificate, and the authorities that clients' certificates must be signed by: the same check, by the same library,
/// as for GlusterFS's own connections. TLS 1.2 and later, without tickets.
/// </summary>
public sealed class TlsServerContext : IDisposable
{
    private readonly nint _handle;
    private int _isDisposed;

    private TlsServerContext(nint handle) => _handle = handle;

    /// <summary>Reads the files.</summary>
    /// <param name="certificate">PEM: the server's certificate and intermediate certificates.</param>
    /// <param name="key">PEM: its private key, without a password.</param>
    /// <param name="authorities">PEM: certificates of authorities, or of clients themselves.</param>
    /// <returns>The context, to be disposed of by the caller; its sessions stay valid.</returns>
    /// <exception cref="TlsException">A file cannot be used; says which.</exception>
    public static TlsServerContext Load(string certificate, string key, string authorities)
    {
        OpenSsl.ClearErrors();
        nint handle = OpenSsl.ContextNew(OpenSsl.ServerMethod());
        if (handle == 0)
        {
            throw new TlsException(LastError());
        }

        var context = new TlsServerContext(handle);
        try
        {
            OpenSsl.ContextControl(handle, OpenSsl.ControlMinimumVersion, OpenSsl.Tls12, 0);
            OpenSsl.ContextControl(handle, OpenSsl.ControlSessionCache, 0, 0);
            OpenSsl.ContextControl(handle, OpenSsl.ControlMode, OpenSsl.ModeReleaseBuffers, 0);
            OpenSsl.ContextSetOptions(handle, OpenSsl.NoTicketNoRenegotiation);
            Use("the certificate", certificate, path => OpenSsl.UseCertificateChainFile(handle, path));
            Use("the key", key, path => OpenSsl.UsePrivateKeyFile(handle, path, OpenSsl.Pem));
            Require(OpenSsl.CheckPrivateKey(handle), $"the key {key} with the certificate {certificate}");
            Use("the authorities", authorities, path => OpenSsl.LoadVerifyLocations(handle, path, 0));
            OpenSsl.ContextSetVerify(handle, OpenSsl.VerifyPeer, 0);
            return context;
        }
        catch (TlsException)
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Creates a session for a client.</summary>
    /// <returns>The session, to be disposed of by the caller.</returns>
    /// <exception cref="TlsException">There is no memory for it.</exception>
    public TlsSession Accept() => new(_handle);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            OpenSsl.ContextFree(_handle);
        }
    }

    /// <summary>
    /// OpenSSL's text for what failed last on this thread: its first error. Those behind it are of its callers and say less, such
    /// as "system lib".
    /// </summary>
    internal static unsafe string LastError()
    {
        byte* text = stackalloc byte[256];
        string found = "";
        for (ulong error = OpenSsl.NextError(); error != 0; error = OpenSsl.NextError())
        {
            OpenSsl.Describe(error, text, 256);
            string whole =
                Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

            // error:NUMBER:LIBRARY:FUNCTION:REASON
            found = found.Length > 0 ? found : whole[(whole.LastIndexOf(':') + 1)..];
        }

        return found.Length > 0 ? found : "the connection was closed";
    }

    private static void Use(string what, string path, Func<string, int> use)
    {
        // OpenSSL waits for whoever writes a named pipe.
        if (FileStatus.Read(path, out FileStatus there) == Errno.None && there.IsPipe)
        {
            throw new TlsException($"{what} {path} cannot be used: it is a pipe");
        }

        Require(use(path), $"{what} {path}");
    }

    private static void Require(int result, string what)
    {
        if (result != 1)
        {
            throw new TlsException($"{what} cannot be used: {LastError()}");
        }
    }
}

/// <summary>TLS cannot be used.</summary>
public sealed class TlsException(string message) : Exception(message);
