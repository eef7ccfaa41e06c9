using KadaluFsd.Contract;

namespace KadaluFsd.Pools.Tests;

/// <summary>What is written for systemd.</summary>
public sealed class SystemdUnitTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("/u", "\"/u\"")]
    [InlineData("/50%/u", "\"/50%%/u\"")]
    [InlineData("/it's", "\"/it's\"")]
    public void A_path_is_quoted_and_a_percent_sign_is_no_specifier(string directory, string quoted)
    {
        Install(directory);
        Assert.Contains($"RequiresMountsFor={quoted} ", DropIn("service.d/unit.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_with_quotes_and_blanks_stays_one_path()
    {
        Install("/u", "a \"b\\.vol");
        Assert.Contains($" \"{_root.FullName}/a \\\"b\\\\.vol\"\n", DropIn("service.d/unit.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_refused() =>
        Assert.Contains(
            "control characters", Assert.Throws<CommandException>(() => Install("/u", "a\u0007.vol")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_port_is_listened_on_by_both_families()
    {
        Install("/u");
        Assert.Equal("[Socket]\nListenStream=0.0.0.0:24210\nListenStream=[::]:24210\n", DropIn("socket.d/listen.conf"));
    }

    [Theory]
    [InlineData("10.0.0.1", null, "ListenStream=10.0.0.1:24210\n")]
    [InlineData("fd98::1", null, "ListenStream=[fd98::1]:24210\n")]
    [InlineData(null, "10.0.0.2", "ListenStream=10.0.0.2:24210\n")]
    [InlineData("10.0.0.1", "10.0.0.2", "ListenStream=10.0.0.1:24210\n")]
    public void An_address_is_the_only_one(string? given, string? inVolfile, string listens)
    {
        Install("/u", address: given, more: inVolfile is null ? "" : $"    option transport.socket.bind-address {inVolfile}\n");
        Assert.Equal("[Socket]\n" + listens, DropIn("socket.d/listen.conf"));
    }

    [Theory]
    [InlineData("    option transport.socket.listen-port 24333\n", 24333)]
    [InlineData("    option listen-port 24334\n", 24334)]
    [InlineData("", 24007)]
    public void Where_no_port_is_given_it_is_the_volfiles(string more, int port)
    {
        Install("/u", port: null, more: more);
        Assert.Equal($"[Socket]\nListenStream=0.0.0.0:{port}\nListenStream=[::]:{port}\n", DropIn("socket.d/listen.conf"));
    }

    private void Install(
        string directory, string file = "u.vol", int? port = 24210, string? address = null, string more = "")
    {
        string volfile = Path.Combine(_root.FullName, file);
        File.WriteAllText(
            volfile,
            "volume p\n    type storage/posix\n    option volume-id 9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11\n    option " +
            $"directory {directory}\n" +
            "end-volume\nvolume s\n    type protocol/server\n    option transport-type tcp\n    option " +
            $"auth.addr.{directory}.allow *\n" +
            $"{more}    subvolumes p\nend-volume\n");
        new SystemdUnit("u", _root.FullName).Install(
            new UnitStart { Volfile = volfile, Port = port, BindAddress = address });
    }

    private string DropIn(string name) =>
        File.ReadAllText(Path.Combine(_root.FullName, "etc/systemd/system/kadalu-fsd@u." + name));
}
