namespace KadaluFsd.Harness;

/// <summary>Signs certificates for tests.</summary>
internal sealed class TestAuthority
{
    private readonly string _directory;

    private TestAuthority(string directory) => _directory = directory;

    /// <summary>Its own certificate, PEM.</summary>
    internal string Certificate => Path.Combine(_directory, "ca.pem");

    internal static async Task<TestAuthority> CreateAsync(Workspace workspace, string name)
    {
        var authority = new TestAuthority(workspace.Create("authorities", name));
        await Command.MustAsync(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", authority.Key("ca"), "-out",
            authority.Certificate, "-subj", $"/CN={name}", "-days", "2");
        return authority;
    }

    /// <summary>
    /// Makes a directory with a signed certificate, its key and this authority's certificate under GlusterFS's names.
    /// </summary>
    internal async Task<string> SignAsync(string commonName)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_directory, commonName)).FullName;
        string request = Path.Combine(directory, "request");
        await Command.MustAsync(
            "openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", Path.Combine(directory, "glusterfs.key"), "-out",
            request, "-subj", $"/CN={commonName}");
        await Command.MustAsync(
            "openssl", "x509", "-req", "-in", request, "-CA", Certificate, "-CAkey", Key("ca"), "-CAcreateserial", "-out",
            Path.Combine(directory, "glusterfs.pem"), "-days", "2");
        File.Copy(Certificate, Path.Combine(directory, "glusterfs.ca"));
        return directory;
    }

    private string Key(string name) => Path.Combine(_directory, $"{name}.key");
}
