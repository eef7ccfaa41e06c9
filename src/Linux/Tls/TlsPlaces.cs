namespace KadaluFsd.Linux.Tls;

/// <summary>Where GlusterFS's programs look for what they need to speak TLS.</summary>
public static class TlsPlaces
{
    /// <summary>The file by which GlusterFS's programs know that they are to speak TLS with those who serve volfiles.</summary>
    public const string SecureAccess = "/var/lib/glusterd/secure-access";

    // GlusterFS's own default is the directory of the OpenSSL that it was built with, which is the first on Debian.
    private static readonly string[] s_usual = ["/usr/lib/ssl", "/etc/ssl"];

    /// <summary>Where a file of GlusterFS's certificates is, by its own default.</summary>
    /// <param name="name">Such as <c>glusterfs.pem</c>.</param>
    /// <returns>The path; the file need not be there.</returns>
    public static string Usual(string name) =>
        s_usual.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists) ?? Path.Combine(s_usual[0], name);
}
