using System.Runtime.InteropServices;

namespace KadaluFsd.Linux.Tls;

/// <summary>
/// Imports from OpenSSL 3, the library that GlusterFS's transport uses. It is loaded at the first call, which costs processes
/// without TLS nothing. Connections are memory buffers, so that no call waits.
/// </summary>
internal static unsafe partial class OpenSsl
{
    internal const int Pem = 1;

    internal const int VerifyPeer = 1 | 2;

    internal const int ControlMode = 33;

    /// <summary>SSL_MODE_RELEASE_BUFFERS: a connection that waits holds no buffers.</summary>
    internal const long ModeReleaseBuffers = 0x10;

    internal const int ControlSessionCache = 44;

    internal const int ControlMinimumVersion = 123;

    /// <summary>TLS1_2_VERSION.</summary>
    internal const long Tls12 = 0x0303;

    internal const ulong NoTicketNoRenegotiation = (1UL << 14) | (1UL << 30);

    internal const int WantRead = 2;

    internal const int ZeroReturn = 6;

    internal const int CommonName = 13;

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    [LibraryImport(Ssl, EntryPoint = "TLS_server_method")]
    internal static partial nint ServerMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    internal static partial nint ContextNew(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    internal static partial void ContextFree(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    internal static partial long ContextControl(nint context, int command, long number, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    internal static partial ulong ContextSetOptions(nint context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_certificate_chain_file", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int UseCertificateChainFile(nint context, string path);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_PrivateKey_file", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int UsePrivateKeyFile(nint context, string path, int type);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_check_private_key")]
    internal static partial int CheckPrivateKey(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_load_verify_locations", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int LoadVerifyLocations(nint context, string file, nint directory);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    internal static partial void ContextSetVerify(nint context, int mode, nint callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    internal static partial nint New(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    internal static partial void Free(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_accept_state")]
    internal static partial void SetAcceptState(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_bio")]
    internal static partial void SetBuffers(nint session, nint input, nint output);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    internal static partial int DoHandshake(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    internal static partial int Read(nint session, byte* bytes, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_write")]
    internal static partial int Write(nint session, byte* bytes, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    internal static partial int Shutdown(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    internal static partial int GetError(nint session, int result);

    [LibraryImport(Ssl, EntryPoint = "SSL_get1_peer_certificate")]
    internal static partial nint GetPeerCertificate(nint session);

    [LibraryImport(Crypto, EntryPoint = "X509_get_subject_name")]
    internal static partial nint GetSubject(nint certificate);

    [LibraryImport(Crypto, EntryPoint = "X509_NAME_get_text_by_NID")]
    internal static partial int GetText(nint name, int kind, byte* text, int room);

    [LibraryImport(Crypto, EntryPoint = "X509_free")]
    internal static partial void CertificateFree(nint certificate);

    [LibraryImport(Crypto, EntryPoint = "BIO_s_mem")]
    internal static partial nint MemoryMethod();

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    internal static partial nint BufferNew(nint method);

    [LibraryImport(Crypto, EntryPoint = "BIO_write")]
    internal static partial int BufferWrite(nint buffer, byte* bytes, int count);

    [LibraryImport(Crypto, EntryPoint = "BIO_read")]
    internal static partial int BufferRead(nint buffer, byte* bytes, int count);

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    internal static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    internal static partial ulong NextError();

    [LibraryImport(Crypto, EntryPoint = "ERR_error_string_n")]
    internal static partial void Describe(ulong error, byte* text, nuint room);
}
