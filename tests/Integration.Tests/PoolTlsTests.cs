using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>TLS on a pool's connections: all of them or none, and what takes effect only when units start anew.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolTlsTests : IntegrationTest
{
    private const int PoolRefused = 11;

    [Fact]
    public async Task A_pool_never_ends_half_in_TLS()
    {
        string[] tls = await TlsOptionsAsync(await TestAuthority.CreateAsync(Workspace, "authority"), "members");
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        int?[] processes = await pools.ProcessesAsync("pool1");
        foreach (
            (string[] options, string said) in new (string[], string)[] { (["server.ssl", "on"], "go together"),
                (["client.ssl", "on"], "go together"), (tls, "pool stop pool1 before, or --restart") })
        {
            Command refused = await pools.TryAsync(["set", "pool1", .. options]);
            Assert.Equal(PoolRefused, refused.ExitCode);
            Assert.Contains(said, refused.Error, StringComparison.Ordinal);
        }

        // Everything is as it was: heal daemon, heal info, new clients.
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "text");
        await pools.HealedAsync("pool1", clients: 2);
        Assert.Contains("0 to heal", await pools.MustAsync("heal", "info", "pool1"), StringComparison.Ordinal);
        Assert.Equal(processes, await pools.ProcessesAsync("pool1"));
        Assert.Empty((await pools.StatusAsync("pool1"))["options"]!.AsObject());
        await mount.DisposeAsync();

        // Wanted: all together, there and back.
        Assert.Contains("mounted again", await pools.MustAsync(["set", "pool1", .. tls, "--restart"]), StringComparison.Ordinal);
        await AssertWholeAsync(pools, isEncrypted: true);
        await pools.MustAsync("reset", "pool1", "--all", "--restart");
        await AssertWholeAsync(pools, isEncrypted: false);
    }

    [Theory]
    [Trait("Size", "long")]
    [LongData("a change is noted")]
    [LongData("volfiles are changed")]
    [InlineData("units of the other kind are stopped")]
    public async Task A_change_to_TLS_that_breaks_off_is_finished(string point)
    {
        string[] tls = await TlsOptionsAsync(await TestAuthority.CreateAsync(Workspace, "authority"), "members");
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        await pools.DiesAtAsync(point, ["set", "pool1", .. tls, "--restart"]);

        // What one node could not do is undone everywhere.
        await pools.MustAsync("start", "pool1");
        await AssertWholeAsync(pools, isEncrypted: false);
        await pools.MustAsync(["set", "pool1", .. tls, "--restart"]);
        await AssertWholeAsync(pools, isEncrypted: true);
    }

    [Fact]
    public async Task An_option_that_is_not_live_is_pending_until_its_unit_starts_anew()
    {
        TestAuthority authority = await TestAuthority.CreateAsync(Workspace, "authority");
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3", "--no-start");
        await pools.MustAsync(["set", "pool1", .. await TlsOptionsAsync(authority, "first")]);
        await pools.MustAsync("start", "pool1");
        FuseMount mount = await pools.MountAsync("pool1");
        await pools.HealedAsync("pool1", clients: 2);
        JsonNode before = await pools.StatusAsync("pool1");
        string[] second = CertificateOptions(await authority.SignAsync("second"));
        string said = await pools.MustAsync(["set", "pool1", .. second, "diagnostics.brick-log-level", "WARNING"]);
        Assert.Contains("takes effect: ssl.own-cert, ssl.private-key; --restart", said, StringComparison.Ordinal);
        Assert.Contains("--restart does it now", said, StringComparison.Ordinal);
        Assert.Contains("mounts have ssl.own-cert, ssl.private-key when they are mounted again", said, StringComparison.Ordinal);
        JsonNode pending = await pools.StatusAsync("pool1");
        Assert.All(pending["units"]!.AsArray(), unit =>
            Assert.Equal(["ssl.own-cert", "ssl.private-key"], unit!["pending"]!.AsArray().Select(name => (string)name!)));
        Assert.NotEmpty(pending["healDaemonPending"]!.AsArray());
        Assert.Equal(4, (await pools.TryAsync("status", "pool1")).Output.Split("at its next start").Length - 1);
        Assert.Equal(Processes(before), Processes(pending));
        Assert.Equal("first", await CertificateOfAsync(before));

        // Nobody is cut off by what is pending.
        await File.WriteAllTextAsync(mount.In("file"), "text");
        await (await pools.MountAsync("pool1")).DisposeAsync();
        await pools.HealedAsync("pool1", clients: 2);
        await pools.MustAsync(["set", "pool1", .. second, "--restart"]);
        JsonNode after = await pools.StatusAsync("pool1");
        Assert.All(after["units"]!.AsArray(), unit => Assert.Empty(unit!["pending"]!.AsArray()));
        Assert.Empty(after["healDaemonPending"]!.AsArray());
        Assert.Equal(4, Processes(after).Except(Processes(before)).Count());
        Assert.Equal("second", await CertificateOfAsync(after));
        Assert.Equal("text", await File.ReadAllTextAsync(mount.In("file")));
        Assert.Contains("0 to heal", await pools.MustAsync("heal", "info", "pool1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_certificate_that_can_be_used_TLS_is_refused()
    {
        TestAuthority authority = await TestAuthority.CreateAsync(Workspace, "authority");
        string[] tls = await TlsOptionsAsync(authority, "members");
        string other = Path.Combine(await authority.SignAsync("other"), "glusterfs.key");
        string[] With(string name, string value) =>
            [.. tls.Select((word, index) => index > 0 && tls[index - 1] == name ? value : word)];
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2", "--no-start");
        foreach ((string[] wrong, string said) in new (string[], string)[]
        {
            (["server.ssl", "on", "client.ssl", "on"], "glusterfs.pem"), (With("ssl.own-cert", "/none.pem"), "/none.pem"),
            (With("ssl.private-key", other), other), (With("ssl.ca-list", "/none.ca"), "/none.ca"),
        })
        {
            Command refused = await pools.TryAsync(["set", "pool1", .. wrong]);
            Assert.Contains(said, refused.Error, StringComparison.Ordinal);
            Assert.Contains("no client could connect with TLS", refused.Error, StringComparison.Ordinal);
            Assert.Equal(PoolRefused, refused.ExitCode);
        }

        // Gone later on.
        await pools.MustAsync(["set", "pool1", .. tls]);
        File.Delete(authority.Certificate);
        Assert.Contains(
            $"warning: the authorities {authority.Certificate}", await pools.MustAsync("start", "pool1"),
            StringComparison.Ordinal);
        await Until.SeesAsync(
            "the status tells of the heal daemon's failure",
            async () => (await pools.TryAsync("status", "pool1")).Output,
            text => text.Split(": self-heal daemon: ").Length == 3);
    }

    private static async Task AssertWholeAsync(PoolHarness pools, bool isEncrypted)
    {
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "text");
        await pools.HealedAsync("pool1", clients: 2);
        Assert.Contains("0 to heal", await pools.MustAsync("heal", "info", "pool1"), StringComparison.Ordinal);
        JsonNode status = await pools.StatusAsync("pool1");
        Assert.All(status["units"]!.AsArray(), unit => Assert.Empty(unit!["pending"]!.AsArray()));
        Assert.Equal(isEncrypted ? "members" : "", await CertificateOfAsync(status));
        await mount.DisposeAsync();
    }

    // The name in the certificate that the first unit shows; empty where it shows none. Without one of ours it shows it all the
    // same.
    private static async Task<string> CertificateOfAsync(JsonNode status)
    {
        string text =
            (
                await Command.RunAsync("sh", "-c",
                    $"echo | openssl s_client -connect 127.0.0.1:{(int)status["units"]![0]!["port"]!} 2>&1; true")).Output;
        int at = text.IndexOf("subject=CN = ", StringComparison.Ordinal);
        return at < 0 ? "" : text[(at + 13)..].Split('\n')[0];
    }

    private static int[] Processes(JsonNode status) =>
        [(int)status["healDaemon"]!, .. status["units"]!.AsArray().Select(unit => (int)unit!["processId"]!)];

    private static async Task<string[]> TlsOptionsAsync(TestAuthority authority, string name) =>
        ["server.ssl", "on", "client.ssl", "on", .. CertificateOptions(await authority.SignAsync(name)), "ssl.ca-list",
            authority.Certificate, "auth.ssl-allow", "first,second,members"];

    private static string[] CertificateOptions(string directory) =>
        ["ssl.own-cert", Path.Combine(directory, "glusterfs.pem"), "ssl.private-key", Path.Combine(directory, "glusterfs.key")];
}
