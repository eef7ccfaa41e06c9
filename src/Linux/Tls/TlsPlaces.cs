namespace KadaluFsd.Linux.Tls;

/// <summary>Where GlusterFS's programs look for their TLS files.</summary>
public static class TlsPlaces
{
    /// <summary>If this file exists, GlusterFS's programs use TLS to fetch volfiles.</summary>
    public const string SecureAccess = "/var/lib/glusterd/secure-access";

    // GlusterFS's own default is the directory of the OpenSSL that it was built with, which is the first on Debian.
    private static readonly string[] s_usual = ["/usr/lib/ssl", "/etc/ssl"];

    /// <summary>The default path of one of GlusterFS's TLS files.</summary>
    /// <param name="name">Such as <c>glusterfs.pem</c>.</param>
    /// <returns>The path; the file need not exist.</returns>
    public static string Usual(string name) =>
        s_usual.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists) ?? Path.Combine(s_usual[0], name);
}
