using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Tls;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>TLS on volfile connections. The files are read at the first connection that uses TLS, and at each reload.</summary>
public sealed class VolfileTls(VolfileTlsOptions options, ILogger<VolfileTls> logger) : IDisposable
{
    private readonly Lock _one = new();
    private readonly ImmutableArray<string> _allowed = options.ParseAllowed();
    private TlsServerContext? _context;
    private string? _problem;
    private bool _isRead;
    private volatile bool _isRequired = IsRequiredBy(options);

    /// <summary>Whether a peer without TLS is rejected, unless it is on a unix socket.</summary>
    internal bool IsRequired => _isRequired;

    /// <summary>Checks the files if TLS is required: a process that nobody could fetch from does not start.</summary>
    /// <exception cref="CommandException">One cannot be used.</exception>
    public static void CheckFiles(VolfileTlsOptions options)
    {
        if (options.Mode != TlsMode.Required)
        {
            return;
        }

        try
        {
            Load(options).Dispose();
        }
        catch (Exception exception) when (exception is TlsException or DllNotFoundException)
        {
            throw new CommandException(ExitCode.Usage, $"TLS is required: {exception.Message}");
        }
    }

    /// <summary>Creates the session for a peer that uses TLS.</summary>
    /// <param name="problem">Why there is none; otherwise empty.</param>
    /// <returns>The session, to be disposed of by the caller; null where there is none.</returns>
    internal TlsSession? TryAccept(out string problem)
    {
        lock (_one)
        {
            if (!_isRead)
            {
                Read();
            }

            problem = _context is null ? _problem! : "";
            try
            {
                return _context?.Accept();
            }
            catch (TlsException exception)
            {
                problem = exception.Message;
                return null;
            }
        }
    }

    /// <summary>Checks the common name of a peer.</summary>
    /// <param name="name">The common name in its certificate.</param>
    /// <returns>Why it may not fetch volfiles; null where it may.</returns>
    internal string? Refuse(string name) => _allowed.IsEmpty || _allowed.Contains(name) || _allowed.Contains("*")
        ? null : $"\"{name}\" is not among those who may fetch volfiles";

    /// <summary>Reads the files again. If they cannot be used, the last good ones stay.</summary>
    internal void Reload()
    {
        lock (_one)
        {
            _isRequired = IsRequiredBy(options);
            if (_isRead)
            {
                Read();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_one)
        {
            _context?.Dispose();
            _context = null;
            _problem = "the process stops";
            _isRead = true;
        }
    }

    private static bool IsRequiredBy(VolfileTlsOptions options) =>
        options.Mode == TlsMode.Required || (options.Mode == TlsMode.Auto && File.Exists(TlsPlaces.SecureAccess));

    private static TlsServerContext Load(VolfileTlsOptions options) =>
        TlsServerContext.Load(
            CertificateOf(options), options.Key ?? TlsPlaces.Usual("glusterfs.key"),
            options.Authorities ?? TlsPlaces.Usual("glusterfs.ca"));

    private static string CertificateOf(VolfileTlsOptions options) => options.Certificate ?? TlsPlaces.Usual("glusterfs.pem");

    private void Read()
    {
        _isRead = true;
        if (options.Mode == TlsMode.Off)
        {
            _problem = "it is off";
            return;
        }

        try
        {
            TlsServerContext? before = _context;
            _context = Load(options);
            before?.Dispose();
            VolfileLog.TlsReady(logger, CertificateOf(options));
        }
        catch (Exception exception) when (exception is TlsException or DllNotFoundException)
        {
            _problem = exception.Message;
            VolfileLog.TlsUnavailable(logger, exception.Message);
        }
    }
}
