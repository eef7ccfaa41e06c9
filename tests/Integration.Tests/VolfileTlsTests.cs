using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Volfiles with TLS, as GlusterFS's clients fetch them where /var/lib/glusterd/secure-access is there.</summary>
public sealed class VolfileTlsTests : IntegrationTest
{
    private const int MountFailure = 32;
    private const int Usage = 2;

    // The handshake program's GETSPEC of pool1: flags, key, no dict (xdr/src/glusterfs3-xdr.x, gf_getspec_req).
    private static readonly byte[] s_getSpec = Record(1, 0, 2, 14398633, 2, 2, 0, 0, 0, 0, 0, 5, 0x706f6f6c, 0x31000000, 0);

    private static readonly string s_helper = Path.Combine(Workspace.Source, "packaging", "mount.kadalu");

    [Fact]
    public async Task A_stock_client_fetches_with_TLS_on_every_port_and_is_told_of_changes()
    {
        TestAuthority authority = await TestAuthority.CreateAsync(Workspace, "authority");
        (string server, string client) = (await authority.SignAsync("server"), await authority.SignAsync("client"));
        UnitDefinition unit = await CreateUnitAsync();
        await File.WriteAllTextAsync(Path.Combine(unit.Directory, "file"), "text");
        (int pool, int node, int gateway, string log) = (Ports.Free(), Ports.Free(), Ports.Free(), Workspace.Path("access"));
        await UnitProcess.StartAsync(
            Workspace, unit, [.. Tls(server), "--pool-port", Text(pool), "--node-port", Text(node), "--access-log", log]);
        await UnitProcess.StartGatewayAsync(Workspace, "gateway", [.. Tls(server), "--listen", $"127.0.0.1:{gateway}"]);
        foreach (int port in (int[])[unit.Port, pool, node, gateway])
        {
            Command fetched = await MountAsync(client, port);
            Assert.Equal((port, 0, "text", ""), (port, fetched.ExitCode, fetched.Output, fetched.Error));

            // Those without are served as before, where nobody has said that TLS is required.
            await Command.MustAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{port}", "pool1");
        }

        // Told over the same connection when the volfile changes, and fetches it again.
        int before = File.ReadLines(log).Count();
        string script = $"""
            {Setup(client)}
            {s_helper} localhost:/pool1 {Workspace.Create("told")} -o port={unit.Port},log-file={Workspace.Path("told.log")}
            sed -i 's/^volume/# changed\nvolume/' {Workspace.Path("volfiles", "pool1.vol")}
            for attempt in $(seq 300); do [ "$(wc -l < {log})" -ge {before + 2} ] && break; sleep 0.1; done
            umount {Workspace.Path("told")}
            """;
        await Command.MustAsync("unshare", "--mount", "sh", "-c", script);
        Assert.True(File.ReadLines(log).Count() >= before + 2, "the client has not fetched the changed volfile");
    }

    /// <summary>On a unit's own port the graph has the connection by then, whatever it turns out to be for.</summary>
    [Fact]
    public async Task A_stock_client_fetches_and_mounts_on_the_port_of_a_unit_whose_graph_has_TLS()
    {
        TestAuthority authority = await TestAuthority.CreateAsync(Workspace, "authority");
        (string server, string client, string unnamed) =
            (await authority.SignAsync("server"), await authority.SignAsync("client"), await authority.SignAsync("unnamed"));
        UnitDefinition unit = await CreateUnitAsync(serverOptions: GraphOptions(server));
        await WriteVolfileAsync(
            "pool1",
            ClientVolfile.Single(unit).Replace(
                "    type protocol/client\n", "    type protocol/client\n" + GraphOptions(client), StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(unit.Directory, "file"), "text");
        string log = Workspace.Path("access");
        UnitProcess process = await UnitProcess.StartAsync(
            Workspace, unit, [.. Tls(server), "--tls-allow", "client", "--access-log", log, "--handshake-timeout", "1"]);
        Command mounted = await MountAsync(client, unit.Port);
        Assert.Equal((0, "text", ""), (mounted.ExitCode, mounted.Output, mounted.Error));
        Assert.Equal(MountFailure, (await MountAsync(unnamed, unit.Port)).ExitCode);
        Assert.Contains("\"unnamed\" is not among those who may fetch volfiles", process.LogText, StringComparison.Ordinal);

        // It stays for longer than a client has that is to be let in for I/O, and is told of changes.
        int before = File.ReadLines(log).Count();
        Assert.Equal("text\n", await Command.MustAsync("unshare", "--mount", "sh", "-c", $"""
            {Setup(client)}
            {s_helper} localhost:/pool1 {Workspace.Create("told")} -o port={unit.Port},log-file={Workspace.Path("told.log")}
            sleep 3
            sed -i 's/^volume/# changed\nvolume/' {Workspace.Path("volfiles", "pool1.vol")}
            for attempt in $(seq 300); do [ "$(wc -l < {log})" -ge {before + 2} ] && break; sleep 0.1; done
            cat {Workspace.Path("told", "file")}; echo
            umount {Workspace.Path("told")}
            """));
        Assert.Equal(before + 2, File.ReadLines(log).Count());

        // Connections of both kinds end with the client: what is left are the sockets that listen, one per IP version.
        await Until.SeesAsync(
            "only the sockets that listen are left", () => Sockets(process, unit.Port), sockets => sockets.Length == 2);
    }

    [Fact]
    public async Task A_client_inside_of_the_graphs_TLS_that_asks_and_never_reads_is_closed()
    {
        TestAuthority authority = await TestAuthority.CreateAsync(Workspace, "authority");
        (string server, string client) = (await authority.SignAsync("server"), await authority.SignAsync("client"));
        UnitDefinition unit = await CreateUnitAsync(serverOptions: GraphOptions(server));
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, Tls(server));
        long before = process.ResidentKiB;
        using var socket = new TcpClient("127.0.0.1", unit.Port);
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false);
        using var certificate =
            X509Certificate2.CreateFromPemFile(Path.Combine(client, "glusterfs.pem"), Path.Combine(client, "glusterfs.key"));
        var trust =
            new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(authority.Certificate);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "server",
                ClientCertificates = [certificate],
                CertificateChainPolicy = trust
            });

        // Each is answered with the whole volfile, some 100 MB in all.
        byte[] calls = [.. Enumerable.Repeat(s_getSpec, 1000).SelectMany(call => call)];
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            using var limit = new CancellationTokenSource(Patience.Limit);
            for (int thousand = 0; thousand < 100; thousand++)
            {
                await tls.WriteAsync(calls, limit.Token);
            }
        });
        Assert.InRange(process.ResidentKiB, 0, before + 32 * 1024);
        await Command.MustAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{unit.Port}", "pool1");
    }

    [Fact]
    public async Task Who_is_not_trusted_or_not_named_gets_nothing_until_the_files_change()
    {
        TestAuthority authority = await TestAuthority.CreateAsync(Workspace, "authority");
        TestAuthority other = await TestAuthority.CreateAsync(Workspace, "other");
        (string server, string client, string unnamed, string stranger) =
            (await authority.SignAsync("server"), await authority.SignAsync("client"), await authority.SignAsync("unnamed"),
                await other.SignAsync("client"));

        // The stranger trusts the server: it is the server that must not trust the stranger.
        File.Copy(authority.Certificate, Path.Combine(stranger, "glusterfs.ca"), overwrite: true);
        UnitDefinition unit = await CreateUnitAsync();
        await File.WriteAllTextAsync(Path.Combine(unit.Directory, "file"), "text");
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, [.. Tls(server), "--tls-allow", "client,somebody"]);
        Assert.Equal("text", (await MountAsync(client, unit.Port)).Output);
        Assert.Equal(MountFailure, (await MountAsync(unnamed, unit.Port)).ExitCode);
        await Until.LoggedAsync(
            "the unit says who may not fetch", process.Log, "\"unnamed\" is not among those who may fetch volfiles");
        Assert.Equal(MountFailure, (await MountAsync(stranger, unit.Port)).ExitCode);

        // Both authorities are trusted from now on; then a file that is none changes nothing.
        string authorities = Path.Combine(server, "glusterfs.ca");
        await File.AppendAllTextAsync(authorities, await File.ReadAllTextAsync(other.Certificate));
        await ReloadAsync(process);
        Assert.Equal("text", (await MountAsync(stranger, unit.Port)).Output);
        await File.WriteAllTextAsync(authorities, "nonsense");
        await ReloadAsync(process);
        Assert.Contains("previous ones stay", process.LogText, StringComparison.Ordinal);
        Assert.Equal("text", (await MountAsync(client, unit.Port)).Output);
    }

    [Fact]
    public async Task Where_it_is_required_nobody_fetches_without_but_by_the_unix_socket()
    {
        TestAuthority authority = await TestAuthority.CreateAsync(Workspace, "authority");
        (string server, string client) = (await authority.SignAsync("server"), await authority.SignAsync("client"));
        UnitDefinition unit = await CreateUnitAsync();
        await File.WriteAllTextAsync(Path.Combine(unit.Directory, "file"), "text");
        (int pool, string socket) = (Ports.Free(), Workspace.Path("volfiles.sock"));
        await UnitProcess.StartAsync(
            Workspace, unit, [.. Tls(server), "--tls", "required", "--pool-port", Text(pool), "--socket", socket]);
        foreach (int port in (int[])[unit.Port, pool])
        {
            Assert.NotEqual(
                0, (await Command.RunAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{port}", "pool1")).ExitCode);
            Assert.Equal("text", (await MountAsync(client, port)).Output);
        }

        Assert.NotEmpty(await Command.MustAsync(Workspace.Program, "volfile", "get", socket, "pool1"));

        // What cannot be had is said before anything is served; and what is off is closed.
        Command refused = await Command.RunAsync(
            Workspace.Program, "gateway", "--listen", $"127.0.0.1:{Ports.Free()}", "--tls", "required", "--tls-cert", "/nothing");
        Assert.Equal(Usage, refused.ExitCode);
        Assert.Contains("TLS is required: the certificate /nothing cannot be used", refused.Error, StringComparison.Ordinal);
        int gateway = Ports.Free();
        await UnitProcess.StartGatewayAsync(
            Workspace, "off", [.. Tls(server), "--tls", "off", "--listen", $"127.0.0.1:{gateway}"]);
        Assert.Equal(MountFailure, (await MountAsync(client, gateway)).ExitCode);
    }

    [Fact]
    public async Task A_peer_that_stops_in_the_handshake_or_has_no_certificate_is_let_go()
    {
        string server = await (await TestAuthority.CreateAsync(Workspace, "authority")).SignAsync("server");
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, [.. Tls(server), "--call-timeout", "1"]);
        Command without =
            await Command.RunAsync(
                "sh", "-c",
                $"echo | openssl s_client -connect 127.0.0.1:{unit.Port} -CAfile {server}/glusterfs.ca -verify_return_error " +
                "2>&1; true");
        Assert.Contains("subject=CN = server", without.Output, StringComparison.Ordinal);
        await Until.LoggedAsync(
            "the unit says that a certificate is missing", process.Log, "peer did not return a certificate");
        foreach (
            byte[] said in (byte[][])[
                [0x16, 3, 1], [0x16, 3, 1, 0, 4, 1, 2, 3, 4], [0x16, 3, 1, 0xff, 0xff, .. new byte[70_000]]])
        {
            using var socket =
                new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000 };
            await socket.ConnectAsync(IPAddress.Loopback, unit.Port);
            await socket.SendAsync(said);
            Assert.True(IsClosed(socket));
        }

        await Command.MustAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{unit.Port}", "pool1");
    }

    // What it sends before it closes, an alert, does not matter.
    private static bool IsClosed(Socket socket)
    {
        byte[] rest = new byte[256];
        try
        {
            while (socket.Receive(rest) > 0)
            {
                // Goes on until the end.
            }

            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    private static async Task ReloadAsync(UnitProcess process)
    {
        await process.SignalAsync("HUP");
        await process.ExpectAsync("RELOADING=1");
        await process.ExpectAsync("READY=1");
    }

    private static string[] Tls(string directory) =>
        ["--tls-cert", Path.Combine(directory, "glusterfs.pem"), "--tls-key", Path.Combine(directory, "glusterfs.key"),
            "--tls-ca", Path.Combine(directory, "glusterfs.ca")];

    // What the graph's own connections have, a server's or a client's.
    private static string GraphOptions(string certificates) => string.Concat(((string[])
    [
        "ssl-enabled on", $"ssl-own-cert {certificates}/glusterfs.pem", $"ssl-private-key {certificates}/glusterfs.key",
        $"ssl-ca-list {certificates}/glusterfs.ca",
    ]).Select(option => $"    option transport.socket.{option}\n"));

    private static byte[] Record(params uint[] words)
    {
        byte[] record = new byte[4 + (words.Length * 4)];
        BinaryPrimitives.WriteUInt32BigEndian(record, 0x80000000 | (uint)(words.Length * 4));
        for (int word = 0; word < words.Length; word++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(record.AsSpan(4 + (word * 4)), words[word]);
        }

        return record;
    }

    // Those that a process holds on a port. One of another kind, such as what told the service manager, may come and go
    // meanwhile.
    private static string[] Sockets(UnitProcess process, int port)
    {
        HashSet<string> held =
            [.. Directory.GetFiles($"/proc/{process.Id}/fd").Select(path => new FileInfo(path).LinkTarget ?? "")];
        return [.. new[] { "tcp", "tcp6" }.SelectMany(table => File.ReadLines($"/proc/{process.Id}/net/{table}").Skip(1))
            .Where(line =>
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, _, _, _, _, _, _, var inode, ..]
                && local.EndsWith($":{port:X4}", StringComparison.Ordinal) && held.Contains($"socket:[{inode}]"))];
    }

    // A machine on which GlusterFS's programs speak TLS with those who serve volfiles.
    private static string Setup(string certificates) => $"""
        set -e
        mount --bind {certificates} /usr/lib/ssl
        mount -t tmpfs tmpfs /var/lib/glusterd
        touch /var/lib/glusterd/secure-access
        """;

    private Task<Command> MountAsync(string certificates, int port) => Command.RunAsync("unshare", "--mount", "sh", "-c", $"""
        {Setup(certificates)}
        {s_helper} localhost:/pool1 {Workspace.Create("at")} -o port={port},log-file={Workspace.Path("at.log")}
        cat {Workspace.Path("at", "file")}
        umount {Workspace.Path("at")}
        """);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
