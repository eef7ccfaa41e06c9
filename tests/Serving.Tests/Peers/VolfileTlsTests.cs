using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Shared.Wire;

namespace KadaluFsd.Serving.Tests.Peers;

/// <summary>TLS on the port of a gateway: who must speak it, who may, and who is believed.</summary>
public sealed class VolfileTlsTests : IDisposable
{
    private static readonly byte[] s_call = RpcRecord.GetSpec(9, "pool1");

    private readonly TestCertificates _certificates = new("authority");
    private readonly TestCertificates _others = new("other authority");

    public void Dispose()
    {
        _certificates.Dispose();
        _others.Dispose();
    }

    [Fact]
    public async Task Where_it_is_required_nobody_fetches_without_but_by_the_unix_socket()
    {
        await using ServingProcess gateway = await StartAsync(TlsMode.Required);
        await using ScriptedPeer plain = await gateway.ConnectAsync();
        await plain.SendAsync(s_call);
        await plain.ExpectCloseAsync();
        await using ScriptedPeer local = await gateway.ConnectLocallyAsync();
        await local.SendAsync(s_call);
        await local.ExpectGetSpecReplyAsync(9);
        await using ScriptedPeer encrypted = await EncryptAsync(gateway, _certificates.Sign("client"));
        await encrypted.SendInPiecesAsync(s_call, gateway.Round, 3, 29);
        await encrypted.ExpectGetSpecReplyAsync(9);
    }

    [Fact]
    public async Task Where_it_is_off_who_speaks_it_is_closed()
    {
        await using ServingProcess gateway = await StartAsync(TlsMode.Off);
        await Assert.ThrowsAnyAsync<IOException>(() => EncryptAsync(gateway, _certificates.Sign("client")));
        await using ScriptedPeer plain = await gateway.ConnectAsync();
        await plain.SendAsync(s_call);
        await plain.ExpectGetSpecReplyAsync(9);
    }

    [Fact]
    public async Task Where_it_may_be_who_speaks_it_is_told_of_changes_inside_of_it()
    {
        await using ServingProcess gateway = await StartAsync(TlsMode.Auto);
        await using ScriptedPeer peer = await EncryptAsync(gateway, _certificates.Sign("client"));
        await peer.SendAsync(s_call);
        await peer.ExpectGetSpecReplyAsync(9);
        gateway.Write("pool1", Texts.Client("192.0.2.2"));
        await peer.ExpectFetchSpecAsync();
        await peer.SendAsync(s_call);
        Assert.Equal(Texts.Client("192.0.2.2"), (await peer.ExpectGetSpecReplyAsync(9)).Text());
    }

    [Theory]
    [InlineData("client", true)]
    [InlineData("other", false)]
    [InlineData("Client", false)]
    public async Task Where_there_are_names_only_those_fetch(string name, bool mayFetch)
    {
        await using ServingProcess gateway = await StartAsync(TlsMode.Required, "client", "third");
        await using ScriptedPeer peer = await EncryptAsync(gateway, _certificates.Sign(name));
        await ExpectAnswerAsync(peer, mayFetch);
    }

    [Fact]
    public async Task Who_is_signed_by_somebody_else_does_not_fetch_until_that_one_is_trusted()
    {
        await using ServingProcess gateway = await StartAsync(TlsMode.Required);
        await using (ScriptedPeer peer = await EncryptAsync(gateway, _others.Sign("client")))
        {
            await ExpectAnswerAsync(peer, mayFetch: false);
        }

        await File.AppendAllTextAsync(_certificates.Authorities, await File.ReadAllTextAsync(_others.Authorities));
        gateway.Volfiles.Reload();
        await using ScriptedPeer trusted = await EncryptAsync(gateway, _others.Sign("client"));
        await ExpectAnswerAsync(trusted, mayFetch: true);

        // A file that cannot be read leaves what there was.
        await File.WriteAllTextAsync(_certificates.Authorities, "nonsense");
        gateway.Volfiles.Reload();
        await using ScriptedPeer still = await EncryptAsync(gateway, _others.Sign("client"));
        await ExpectAnswerAsync(still, mayFetch: true);
    }

    [Fact]
    public async Task Who_has_no_certificate_does_not_fetch()
    {
        await using ServingProcess gateway = await StartAsync(TlsMode.Auto);
        await using ScriptedPeer peer = await EncryptAsync(gateway);
        await ExpectAnswerAsync(peer, mayFetch: false);
    }

    [Theory]
    [InlineData("160301")]
    [InlineData("160301000401020304")]
    public async Task Who_stops_in_the_handshake_is_closed(string hex)
    {
        await using ServingProcess gateway = await StartAsync(TlsMode.Required);
        await using ScriptedPeer peer = await gateway.ConnectLocallyAsync();
        await peer.SendAsync(Convert.FromHexString(hex));
        gateway.Round();
        gateway.Advance(TimeSpan.FromMinutes(1));

        // An alert may come first.
        byte[] rest = new byte[100];
        while (await peer.Stream.ReadAsync(rest) > 0)
        {
            // Until the end.
        }

        Assert.Equal(0, gateway.Volfiles.Connections.Count);
    }

    private static async Task ExpectAnswerAsync(ScriptedPeer peer, bool mayFetch)
    {
        try
        {
            await peer.SendAsync(s_call);
        }
        catch (IOException) when (!mayFetch)
        {
            return;
        }

        if (mayFetch)
        {
            await peer.ExpectGetSpecReplyAsync(9);
        }
        else
        {
            await peer.ExpectCloseAsync();
        }
    }

    private static async Task<ScriptedPeer> EncryptAsync(ServingProcess gateway, params X509Certificate2[] certificates)
    {
        ScriptedPeer peer = await gateway.ConnectAsync();
        var tls = new SslStream(peer.Stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "server",
            ClientCertificates = [.. certificates],

            // Whether the server is believed is the client's business.
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=server",
        });
        return new ScriptedPeer(tls);
    }

    private Task<ServingProcess> StartAsync(TlsMode mode, params string[] allowed)
    {
        (string certificate, string key) = _certificates.SignToFiles("server");
        return ServingProcess.StartGatewayAsync(
            new ServingOptions
            {
                Tls =
                {
                    Mode = mode,
                    Certificate = certificate,
                    Key = key,
                    Authorities = _certificates.Authorities,
                    Allow = allowed.Length == 0 ? null : string.Join(',', allowed),
                },
            },
            volfiles: ("pool1", Texts.Client()));
    }
}
