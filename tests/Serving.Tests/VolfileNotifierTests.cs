using System.Net;
using System.Net.Sockets;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;
using KadaluFsd.Serving.Access;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Gateway;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Serving.Tests;

/// <summary>Who hears of a changed volfile, and how often. Over real sockets.</summary>
public sealed class VolfileNotifierTests : IAsyncLifetime
{
    private static readonly byte[] s_fetchSpec = Golden.Read("fetchspec-callback");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _clients = [];
    private readonly EventLoop _loop = new(NullLogger<EventLoop>.Instance);
    private VolfileServer? _server;

    public Task InitializeAsync()
    {
        _listener.Start(2000);
        Write("pool", 0);
        Write("other", 0);
        var options = new VolfileServerOptions { Directory = _directory.FullName };
        _server = new VolfileServer(
            _loop, new GatewaySource(options), options, new ListenOptions(),
            new ConnectionOptions { CallTimeout = TimeSpan.FromMinutes(1) },
            new VolfileTls(new VolfileTlsOptions(), NullLogger<VolfileTls>.Instance), new AccessLog(new AccessLogOptions(), _loop),
            NullLoggerFactory.Instance);
        _server.Read();
        _loop.Start();
        _server.Follow();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _server!.DisposeAsync();
        _loop.Dispose();
        _listener.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_thousand_clients_each_hear_of_a_change_once_and_nobody_else_does()
    {
        for (int number = 0; number < 1000; number++)
        {
            await FetchAsync(await ConnectAsync(), "pool");
        }

        Socket other = await ConnectAsync();
        await FetchAsync(other, "other");
        Socket none = await ConnectAsync();

        Write("pool", 1);
        foreach (Socket client in _clients.Take(1000))
        {
            await ExpectCallbackAsync(client);
        }

        // The next answer comes right behind whatever was sent before it: nothing was.
        await FetchAsync(other, "other");
        await FetchAsync(none, "other");
        foreach (Socket client in _clients.Take(1000))
        {
            await FetchAsync(client, "pool");
        }
    }

    [Fact]
    public async Task The_same_content_again_is_no_news()
    {
        Socket client = await ConnectAsync();
        await FetchAsync(client, "pool");
        Write("pool", 0);
        Write("other", 1);
        await Until.SeesAsync("the other volfile has changed", () => Fetched("other"), hash => hash == Hash(1));
        Write("pool", 2);
        await ExpectCallbackAsync(client);
        await FetchAsync(client, "pool");
    }

    [Fact]
    public async Task A_client_that_fetched_two_volfiles_hears_of_either()
    {
        Socket client = await ConnectAsync();
        await FetchAsync(client, "pool");
        await FetchAsync(client, "other");
        Write("pool", 1);
        await ExpectCallbackAsync(client);
        await FetchAsync(client, "pool");
        Write("other", 1);
        await ExpectCallbackAsync(client);
    }

    private static string Text(int version) =>
        $"volume a\n    type protocol/client\n    option remote-host h{version:d6}\nend-volume\n";

    private static string Hash(int version) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Text(version))));

    // The captured callback, but for the transaction id, which is the server's own.
    private static async Task ExpectCallbackAsync(Socket client)
    {
        byte[] record = await ReadAsync(client, s_fetchSpec.Length);
        Assert.Equal(Convert.ToHexString(s_fetchSpec.AsSpan(8)), Convert.ToHexString(record.AsSpan(8)));
        Assert.Equal(Convert.ToHexString(s_fetchSpec.AsSpan(0, 4)), Convert.ToHexString(record.AsSpan(0, 4)));
    }

    private static async Task<byte[]> ReadAsync(Socket client, int length)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        byte[] bytes = new byte[length];
        for (int filled = 0; filled < length;)
        {
            int count = await client.ReceiveAsync(bytes.AsMemory(filled), limit.Token);
            Assert.NotEqual(0, count);
            filled += count;
        }

        return bytes;
    }

    private static async Task FetchAsync(Socket client, string key)
    {
        using var record = new RecordBuffer();
        var writer = new XdrWriter(record);
        new CallHeader(7, 2, GlusterPrograms.Handshake, GlusterPrograms.HandshakeVersion, GlusterPrograms.GetSpec,
            AuthFlavor.None, default).Write(writer);
        new GetSpecCall(0, key, GlusterDict.Empty).Write(writer);
        await client.SendAsync(record.Complete());
        byte[] mark = await ReadAsync(client, 4);
        byte[] reply = await ReadAsync(client, (mark[1] << 16) | (mark[2] << 8) | mark[3]);
        Assert.Equal(7, reply[3]);
        Assert.Equal(1, reply[7]);
    }

    private string Fetched(string key) => _server!.Store.Find(key)!.Hash;

    private void Write(string key, int version) =>
        File.WriteAllText(Path.Combine(_directory.FullName, key + ".vol"), Text(version));

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _clients.Add(client);
        await client.ConnectAsync(_listener.LocalEndpoint);
        _loop.Invoke(() => _server!.Connections.Add(TestSockets.Accept(_listener)));
        return client;
    }
}
