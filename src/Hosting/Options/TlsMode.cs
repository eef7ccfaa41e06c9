using KadaluFsd.Linux.Tls;

namespace KadaluFsd.Hosting.Options;

/// <summary>Whether volfiles are fetched with TLS.</summary>
public enum TlsMode
{
    /// <summary>
    /// By those who speak it, where there is a certificate; by all, where <see cref="TlsPlaces.SecureAccess"/> is there, as
    /// between GlusterFS's own programs.
    /// </summary>
    Automatic,

    /// <summary>By nobody.</summary>
    Off,

    /// <summary>By all who come by TCP.</summary>
    Required,
}
