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

    private void Install(string directory, string file = "u.vol")
    {
        string volfile = Path.Combine(_root.FullName, file);
        File.WriteAllText(
            volfile,
            "volume p\n    type storage/posix\n    option volume-id 9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11\n    option " +
            $"directory {directory}\n" +
            "end-volume\nvolume s\n    type protocol/server\n    option transport-type tcp\n    option " +
            $"auth.addr.{directory}.allow *\n" +
            "    subvolumes p\nend-volume\n");
        new SystemdUnit("u", _root.FullName).Install(new UnitStart { Volfile = volfile, Port = 24210 });
    }

    private string DropIn(string name) =>
        File.ReadAllText(Path.Combine(_root.FullName, "etc/systemd/system/kadalu-fsd@u." + name));
}
