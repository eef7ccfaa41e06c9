using KadaluFsd.Linux.Tls;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Whether volfiles are fetched with TLS.</summary>
public enum TlsMode
{
    /// <summary>
    /// By those who speak it, where there is a certificate; by all, where <see cref="TlsPlaces.SecureAccess"/> is there, as
    /// between GlusterFS's own programs.
    /// </summary>
    Auto,

    /// <summary>By nobody.</summary>
    Off,

    /// <summary>By all who come by TCP.</summary>
    Required,
}
